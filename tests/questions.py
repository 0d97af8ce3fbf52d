"""Questions without numbers, message or code, and the subjects that they are about."""

QUESTIONS = {
    'Should the key here be `grads["dA" + str(L)]`? Mine has l.': ["keys"],
    "Which number has the gradient that the hidden layer reads, dA(l+2) or dA(l+1)?": ["keys"],
    "I used sigmoid_backward in the loop. Is it relu_backward there?": ["helper"],
    "Is the activation of a hidden layer relu, or sigmoid as in the last one?": ["helper"],
    "What do I pass, current_cache or a half of it?": ["cache"],
    "Which is the cache of the output layer, caches[L] or the one before?": ["cache"],
    "da_prevt is zero in each of my steps, only the last looks right": ["carried"],
    "Do I add dc_next before or after?": ["carried"],
    "Why has dot another value in this notebook than dft suggests?": ["gates"],
    "linear_activation_backward: A = sigmoid(Z), so dZ^{[L]} = A^{[L]} - Y?": ["output"],
    "Where does A2 - Y come from?": ["output"],
    "they write AL − Y and I do not see why": ["output"],
    "Why 1 - A1**2 and not the tanh of Z?": ["tanh"],
    "is (1 - a_next^2) the same thing here?": ["tanh"],
    "The derivative of tanh puzzles me": ["tanh"],
    "Why is it a * (1 - a), with a being what came out?": ["sigmoid"],
    "Does 1/m belong into dZ?": ["mean"],
    "When do I divide the gradients by m?": ["mean"],
    "What is keepdims for?": ["sum"],
    "numpy broadcasts my bias over the rows, so which gradient does it get?": ["bias"],
    "In backprop my biases become a matrix. What now?": ["bias"],
    "Is the slope of the output left out on purpose, without an activation derivative?": ["loss"],
    "The derivative of the output layer is missing in this blog, is it not?": ["loss"],
    "Is dropout part of the backward pass too?": ["dropout"],
    "In Keras, what does the derivative of tanh do with dropout?": [],
    "Do I have to use keep_prob again on the way back?": ["dropout"],
    "Is lambd squared too?": ["penalty"],
    "my gradapprox is too large": ["check"],
    "Why is it dW = dZ @ A.T, and which one is transposed?": ["transpose"],
    "What is np.dot there?": ["product"],
    "Is it l1 = np.maximum(0, np.dot(W2.T, yhat - y)) on the way back?": ["relu"],
    "Some negative values of my gradient became zero": ["relu"],
    "What is the derivative of relu at 0?": ["relu"],
    "How does dW get (3, 4) from dZ (3, 10) and A.T?": ["shape"],
    "The assert wants dw to be (2,1), X is (2,3)": ["shape"],
    "Does sigmoid_backward take the cache[1], and why is keepdims there?": ["cache", "sum"],
    "np.dot or np.multiply between W2.T and dZ2, is it elementwise?": ["product", "transpose"],
    "Why does the log return NaN?": ["nan"],
    "Why a division by zero in the cost with large images?": ["nan"],
    "The course ends on Friday, does it not?": [],
    "I changed the sign and all is well, thank you": [],
    "It is a test of patience - yes, it is": [],
}

TOLD_DIFFERENCES = {
    "I get difference = 0.17344196893145924 and it says there is a mistake in the backward "
    "propagation, why?": "planted in dW2",
    "gradient_check_n gives me 0.285093156781 and I do not see why": "planted in dW2 and db1",
    "In the gradient check, should the difference be 1.18e-07? Mine is 0.25442297124585": "db1",
    "My gradient_check returns a difference of 1.0, expected 7.81407531e-11": "the same numbers",
    "gradient_check_n: I fixed dW2 and db1, 0.2850931567761623 before, now 1.1890913023330276e-07. "
    "The test fails.": "is rounding",
    "gradient checking: the difference is 0.43434343434 in gradient_check_n": "None of the known",
}
"""A difference in a sentence that names the check, and words of the answer."""

OTHER_DIFFERENCES = (
    "My gradient check of a conv layer gives 0.43434343434, is that right?",
    "the gradient check of my own network prints max difference = 0.43434343434",
    "Gradient check: should it be 0.2850931567761623 here?",
    "gradient_check: gradapprox = 2.9999999998 and x = 3.00000000",
    "Gradient checking of my own network\ndW1  difference = 3.003e-10\ndb1  difference = 0.9394",
)
"""What names a check and tells no difference of the course's."""

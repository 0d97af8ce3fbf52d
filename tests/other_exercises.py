"""What learners paste of exercises whose tests are not here, by a word of the refusal."""

PASTED = {
    "conv_backward": ["dA_mean = 1.45243777754", "NameError in conv_backward(dZ, cache)"],
    "pool_backward": ["mode = max\nmean of dA =  0.145713902729", "pool_backward(dA, cache, mode)"],
    "CS231n": [
        "Testing affine_backward function:\ndx error:  5.399100368651805e-11",
        "dw error:  9.9e-11",
        "Testing batchnorm_backward_alt",
        "W1 max relative error: 4.090896e-09",
        "numerical: 2.457785 analytic: 2.853425, relative error: 7.449164e-02",
        "loss, grad = softmax_loss_naive(W, X_dev, y_dev, 0.0)",
    ],
    "a framework": [
        "RuntimeError: Trying to backward through the graph a second time.",
        "ValueError: No gradients provided for any variable: ['dense/kernel:0']",
        "tensor([[0.0213, -0.0411]], grad_fn=<MmBackward0>)",
    ],
    "nnCostFunction": [
        "[J grad] = nnCostFunction(...)",
        "Theta1_grad(2, 1) = 0.0123",
        "delta2 = np.dot(theta2.T, delta3) * a2 * (1 - a2)\nValueError: operands could not be "
        "broadcast together with shapes (26,) (25,)",
    ],
    "the functions of a forward pass": [
        "in linear_forward(A, W, b)\nValueError: shapes (4,3) and (5,4) not aligned",
        "After the model-forward function: ValueError: shapes (2,3) and (5,4) not aligned",
    ],
    "compute_gradient": ["dj_db at initial w and b: -0.1", "compute_gradient_test failed"],
}

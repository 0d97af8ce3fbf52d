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
        "def rnn_backward(dh, cache):\n    dx, dprev_h, *_ = rnn_step_backward(dh, cache[t])",
    ],
    "a framework": [
        "RuntimeError: Trying to backward through the graph a second time.",
        "ValueError: No gradients provided for any variable: ['dense/kernel:0']",
        "tensor([[0.0213, -0.0411]], grad_fn=<MmBackward0>)",
        "ValueError: Shapes (None, 1) and (None, 10) are incompatible\nIt is in model.fit(x, y)",
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
    "the optimizers": [
        "update_parameters_with_momentum_test: Wrong values\ndW1 = [[ 0.41 -0.28]\n [ 0.7 1.93]]",
        "v['dW2'] = [[0.013 0.027]]\ns_corrected['db2'] = [[0.0041]]",
        's["dW" + str(l + 1)] = beta2 * s["dW" + str(l + 1)]',
        "initialize_adam(parameters)",
        "random_mini_batches_test fails",
    ],
    "the functions around the backward pass": [
        "TypeError in parameters = update_parameters(parameters, grads)",
        "initialize_parameters_he\nW1 = [[ 1.26475132 0.30865908]]\n1 Tests failed",
        "two_layer_model: Cost after iteration 0: 0.69",
    ],
    "min-char-rnn": [
        "gradCheck\nWxh\n-0.350231, 0.054382 => 1.367634e+00\ndhraw = (1 - hs[t] * hs[t]) * dh",
    ],
    "micrograd": [
        "From the micrograd video: a.grad = -6.0, and it should be -3.0",
        "def _backward():\n    self.grad = other.data * out.grad",
    ],
    "compute_gradient": ["dj_db at initial w and b: -0.1", "compute_gradient_test failed"],
}

STEP = "    dx, dprev_h, dWx, dWh, db = rnn_step_backward({}, cache[t])\n"

WRITING = {
    f"def rnn_backward(dh, cache):\n    dh[:, t, :] += dprev_h\n{STEP.format('dh[:, t]')}": "dh",
    f"def back(dh, cache):\n\n    dh[:,t,:] = dprev_h + dh[:,t,:]\n{STEP.format('dh')}": "dh",
    "def affine_relu_backward(dout, cache):\n  dout *= cache[1] > 0\n  return dout": "dout",
    "def affine_backward(x=None, dout=None):\n> > # scaled\n> >     dout /= 2": "dout",
    "def softmax_loss(x, y):\n    x -= np.max(x)\n    return x": "x",
}
"""Functions of CS231n that write into an argument, and into which."""

NOT_WRITING = [
    f"def rnn_backward(dh, cache):\n    sum_t = dh[:, t, :] + dprev_h\n{STEP.format('sum_t')}",
    f"def back(dh, cache):\n    dh = dh.copy()\n    dh[:, t] += dprev_h\n{STEP.format('dh')}",
    "def softmax_loss(x, y):\n    x = x - np.max(x)\n    x *= 2",
    "def affine_backward(dout, cache):\n    dx = np.zeros_like(dout)\n    dx[0] += dout[0]",
    "def affine_backward(dout, grads):\n    grads['W'] = dout\n    if dout[0] == 1:\n        pass",
    "affine_backward(dout, cache)\n    dout[0] += 1",
    "def affine_backward(dout):\n    return 2 * dout\ndef check(x):\n    dout[0] += 1",
]
"""Functions of CS231n that do not, as far as their text says."""

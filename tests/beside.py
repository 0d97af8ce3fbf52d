"""Texts in which numbers of two tests, a message, or lines of code stand beside each other."""

CELL = """dw = [[ 0.25071532]
 [-0.06604096]]
db = -0.1250040450043965
"""
"""What the cell of the notebook of Course 1 Week 2 expects."""

BESIDE = {
    "two tests": f"""A=[[0.99979657 0.62245933 0.00273196]]
{CELL}cost = -2.1428184225087668
A=[[0.99849882 0.99979657 0.15446527 0.99966465]]
AssertionError: Wrong values for cost. -0.9666039194818195 != 2.0424567983978403
""",
    "without line breaks": "A=[[0.99979657 0.62245933 0.00273196]] "
    "dw = [[ 0.25071532] [-0.06604096]] db = -0.1250040450043965 cost = -2.1428184225087668\n"
    "AssertionError: Wrong values for cost. -0.9666039194818195 != 2.0424567983978403",
    "wrong after right": f"{CELL}dw = [[-0.1563733 ]\n [ 0.50005855]\n [-3.99843238]]\n"
    "db = 0.288106326429569\n",
    "right and a complaint": f"{CELL}AssertionError: Wrong values for cost",
    "numbers of a message": "AssertionError: Wrong values for cost. "
    "12.519827193591217 != 2.0424567983978403",
    "cut after a row": "dw = [[ 4.8 ]\ndb = 0.36666666666666653\ncost = nan\n",
    "cut after a row, above a message": "dw = [[ 4.8 ]\ndb = 0.36666666666666653\ncost = nan\n"
    "Wrong values for grads['dw']. [[ 5.55 ]\n[ 5.985]] != [[-0.03909333]\n[ 0.12501464]\n",
    "arrays of a message": "AssertionError: Wrong values for grads['dw']. [[-0.1563733 ]\n"
    " [ 0.50005855]\n [-3.99843238]] != [[-0.03909333]\n [ 0.12501464]\n [-0.99960809]]",
    "a line and a complaint": "    dZ1 = np.multiply(np.dot(dW2.T, dZ2), 1 - np.power(A1, 2))\n"
    "AssertionError: Wrong values for dW1",
    "a line without a name": "dZ1 = np.dot(np.dot(W2.T, dZ2), (1 - np.dot(A1.T, A1)))\n"
    "AssertionError: Wrong values for dW1",
    "1/m once more": "dZ1 = 1/m * np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))\n"
    "AssertionError: Wrong values for dW1",
    "right lines and a complaint": "dZ1 = np.dot(W2.T, dZ2) * (1 - A1 ** 2)\n"
    "dW1 = np.dot(dZ1, X.T)\nAssertionError: Wrong values for dW1",
    "a line and shapes": "---> 54 dZ1 = np.multiply(1 - np.power(Z1, 2), np.dot(W2.T, dZ2))\n"
    "     55 dW1 = 1/m * np.dot(dZ1, X.T)\n"
    "ValueError: operands could not be broadcast together with shapes (7,9) (9,7)",
    "lines of one exercise and shapes that another has too": "A = sigmoid(np.dot(w.T, X) + b)\n"
    "cost = -np.dot(Y, np.log(A)) / m\ndw = np.dot(X, (A - Y).T)\n\n"
    "ValueError: shapes (1,3) and (1,3) not aligned: 3 (dim 1) != 1 (dim 0)",
    "a third argument beside shapes": "start = [4, 5, 6]\ngoal = np.array([0.2, 0.4, 0.6])\n"
    "delta = np.matmul(y, 1 - y, goal - y)\nV = V + rate * np.outer(delta, h)\n\n"
    "operands could not be broadcast together with shapes (3,) (3,2)",
    "indices in a sentence beside a message": "Then we keep all dA[1 ... L-1] and dW [1...L] "
    "in grads.\nKeyError: 'dA0'",
    "a step in two lines": "dZ1 = np.dot(W2.T, dZ2)\ndZ1 *= 1 - np.power(A1, 2)\n"
    "AssertionError: Wrong values for dW1",
    "a step written into": "dZ1 = np.dot(W2.T, dZ2)\ndZ1[:, 0] = 0\n"
    "AssertionError: Wrong values for dW1",
    "a line that reshapes": "cost = -np.sum(Y * np.log(A)) / m\n"
    "cost = np.squeeze(np.array(cost))\nAssertionError: Wrong values for cost",
    "one column off": "dW1 = [[ 0.00301023 -0.00747267]\n [ 0.00257968 -0.00641288]\n"
    " [-0.00156892  0.003893  ]\n [-0.00652037  0.01618243]]\n"
    "dW2 = [[ 0.00078841 0.01765429 -0.00084166 -0.5]]\ndb2 = [[-0.16655712]]",
    "one column off, above what is expected": "dW2 = [[ 0.00078841 0.01765429 -0.00084166 -0.5]]\n"
    "db2 = [[-0.16655712]]\n\nIt should be\ndW2 = [[ 0.00078841  0.01765429 -0.00084166 "
    "-0.01022527]]\ndb2 = [[-0.16655712]]",
    "a cost that is nan": "dw = [[4.8]\n [13.71]]\ndb = 0.36666666666666653\ncost = nan\n\n"
    f"Expected output\n{CELL}cost = 0.15900537707692405",
    "right numbers and nan": f"{CELL}cost = nan",
    "nan in a message": f"{CELL}AssertionError: Wrong values for cost. nan != 2.0424567983978403",
    "nan alone": "cost = nan",
    "nan from one gate on": """gradients["dxt"][1][2] = nan
gradients["da_prev"][2][3] = nan
gradients["dc_prev"][2][3] = 0.797522038797
gradients["dWf"][3][1] = nan
gradients["dWi"][1][2] = 1.05749805523
gradients["dWc"][3][1] = 2.30456216369
gradients["dWo"][1][2] = 1.25861136977
gradients["dbf"][4] = [ nan]
gradients["dbi"][4] = [-0.40142491]
gradients["dbc"][4] = [ 0.25587763]
gradients["dbo"][4] = [ 1.3629463]""",
    "nan of the first layer in a dictionary": """dW1 = [[nan nan nan nan]
 [nan nan nan nan]
 [nan nan nan nan]]
db1 = [[nan]
 [nan]
 [nan]]
dA1 = [[ 0.12913162 -0.44014127]
 [-0.14175655  0.48317296]
 [ 0.01663708 -0.05670698]]
dW2 = [[-0.78404864 -0.2665171  -0.09202178]]
db2 = [[0.15187861]]""",
    "one output that is nan beside twice the rest": """dW1 = [[ 0.00602046 -0.01494533]
 [ 0.00515936 -0.01282577]
 [-0.00313784  0.007786  ]
 [-0.01304073  0.03236486]]
db1 = [[ 0.00352403]
 [ 0.0030199 ]
 [-0.00183473]
 [-0.00762844]]
dW2 = [[ 0.00157681  0.03530858 -0.00168332 -0.02045054]]
db2 = nan""",
    "nan of one call": """With sigmoid: dA_prev = [[nan nan]
 [nan nan]
 [nan nan]]
With sigmoid: dW = [[ 0.10266786  0.09778551 -0.01968084]]
With sigmoid: db = [[-0.05729622]]
With relu: dA_prev = [[ 0.44090989  0.        ]
 [ 0.37883606  0.        ]
 [-0.2298228   0.        ]]
With relu: dW = [[ 0.44513824  0.37371418 -0.10478989]]
With relu: db = [[-0.20837892]]""",
    "nan in a table": """| output | mine |
|---|---|
| `dWf[3, 1]` | nan |""",
    "None below numbers that are right": """gradients["dx"][1][2] = \
[-2.07101689 -0.59255627  0.02466855  0.01483317]
---------------------------------------------------------------------------
TypeError                                 Traceback (most recent call last)
<ipython-input-7-0a1b2c3d4e5f> in <module>
      9 print("gradients[\\"dx\\"][1][2] =", gradients["dx"][1][2])
---> 10 print("gradients[\\"dba\\"][4] =", gradients["dba"][4][0])

TypeError: 'NoneType' object is not subscriptable
""",
    "None of which an attribute is read": """<ipython-input-8-0a1b2c3d4e5f> in <module>
----> 3 print("gradients[\\"dWaa\\"].shape =", gradients["dWaa"].shape)

AttributeError: 'NoneType' object has no attribute 'shape'
""",
    "numbers that the code of a traceback has": """Cell In[5], line 3
      1 x, theta = 3, 4
      2 db2 = np.array([[0.7115263]])
----> 3 difference = gradient_check(x, theta, 1e-7, True)
      4 dW2 = [[0.1234567, 0.7654321]]

TypeError: gradient_check() takes from 2 to 3 positional arguments but 4 were given
""",
    "more arguments than a test hands over": """~/w3/public_tests.py in linear_backward_test(target)
     40     t_dZ, t_cache = linear_backward_test_case()
---> 41     t_dA_prev, t_dW, t_db = target(t_dZ, t_cache, True)

TypeError: linear_backward() takes 2 positional arguments but 3 were given
""",
    "calls exchanged": """With relu: dW = [[ 0.10266786  0.09778551 -0.01968084]]
With relu: db = [[-0.05729622]]
With sigmoid: dW = [[ 0.44513824  0.37371418 -0.10478989]]
With sigmoid: db = [[-0.20837892]]""",
    "one output of calls exchanged": """With relu: dA_prev = [[ 0.44090989  0.        ]
 [ 0.37883606  0.        ]
 [-0.2298228   0.        ]]
With relu: dW = [[ 0.10266786  0.09778551 -0.01968084]]
With relu: db = [[-0.20837892]]
With sigmoid: dA_prev = [[ 0.11017994  0.01105339]
 [ 0.09466817  0.00949723]
 [-0.05743092 -0.00576154]]
With sigmoid: dW = [[ 0.44513824  0.37371418 -0.10478989]]
With sigmoid: db = [[-0.05729622]]""",
    "a table of mine and expected": """| | mine | should be | relative error |
|---|---|---|---|
| `dx[1][2]` | [-0.1503 -0.3455  0.0207  0.0148] | [-2.0711 -0.5926  0.0247  0.0148] | 0.9 |
| `da0[2][3]` | -0.1727 | -0.3149 | 0.45 |
| `dWaa[1][2]` | 1.0560 | 2.3033 | 0.54 |
""",
    "a table of mine and the notebook": """| | me | notebook |
|---|---|---|
| dWf[3][1] | -0.1479548 | -0.147954838164 |
| da_prev[2][3] | -0.06096113 | -0.0639621419711 |
| dxt[1][2] | 3.23055911 | 3.23055911511 |
""",
    "a table of expected and mine": """Name | Expected | Got
--- | --- | ---
`dW1[1][0]` | 0.00257968 | 0.00515936
dW2[0][1] | 0.01765429 | 0.03530858
**db2[0]** | [-0.16655712] | [-0.33311424]
""",
    "1/m left out beside another change": """dw = [[-0.24227938]
 [ 0.28411456]
 [-4.00246901]]
db = 0.7420657708859981
cost = 0.820245300695208""",
    "None where a dictionary is read": """<ipython-input-8-0a1b2c3d4e5f> in <module>
----> 3 print("dWax[3][1] =", gradients["dWax"][3][1])

TypeError: 'NoneType' object is not subscriptable
""",
    "more arguments than a check takes": "TypeError: gradient_check_n() takes 4 positional "
    "arguments but 6 were given",
    "an entry that is nan": 'gradients["dxt"][1][2] = nan',
    "numbers of another call": "dw = [[4.8]\n [13.71]]\ndb = 0.36666666666666653\n"
    "AssertionError: Wrong values for grads['dw']. [[ 5.55 ]\n [14.985]\n [ 5.985]] != "
    "[[-0.03909333]\n [ 0.12501464]\n [-0.99960809]]",
    "numbers above a message that is cut off": "dw = [[4.8]\n [13.71]]\n"
    "db = 0.36666666666666653\ncost = nan\n"
    "AssertionError: Wrong values for grads['dw']. [[ 5.55 ]\n [ 5.985]\n",
    "a clash above which numbers of no test stand": "hidden\n[[ 0.71230101]]\nout\n"
    "[[ 0.61744012]\n [ 0.55123098]\n [ 0.1234451 ]]\n"
    "ValueError: shapes (3,3) and (1,2) not aligned: 3 (dim 1) != 1 (dim 0)",
    "a known cause below numbers of no test": "layers [[ 0.7123 0.5512 0.1234]]\n"
    "NameError: name 'np' is not defined",
    "a message of nobody below numbers of no test": "layers [[ 0.7123 0.5512 0.1234]]\n"
    "WeightError: this is not known",
    "tuples of Python 2": "('grads[\"dx\"][1][2] =', array([-2.07101689, -0.59255627,\n"
    "        0.02466855,  0.01483317]))\n('grads[\"dx\"].shape =', (3, 10, 4))\n"
    "('da0[2][3]', -0.3149423751)\n('dWax[3][1] :', 11.2641044965)\n"
    "(\"dba[4] =\", array([-0.74747722]))\n('dWaa[1][2] =', 2.30333312658)",
    "wrong above right": "dZ2 = [[ 0.1234567 -3.1415926]]\n"
    "dW2 = [[-0.39202432 -0.13325855 -0.04601089]]\ndb2 = [[0.15187861]]",
}

LATEX = (
    r"\( \mathbf{{{0}}} = \begin{{bmatrix}} {1} \end{{bmatrix}} \)",
    r"$$\text{{{0}}} = \begin{{pmatrix}} {1} \\ \end{{pmatrix}}$$",
    r"- $ \mathrm{{{0}}} = \left[\begin{{array}}{{cc}}{1}\end{{array}}\right] $",
    "\\[\n{0} = \\begin{{matrix}}\n{1}\n\\end{{matrix}} \\]",
)
"""An array of LaTeX around its name and its rows."""

NAMES = ("dW_2", "dW2", "dW^{[2]}", r"dW\_2", "dW_{2}", "dW^{(2)}")

LINES = {
    "dW = np.dot(dZ, cache[0].T) / m\ndA_prev = np.dot(cache[1].T, dZ)": (
        "these lines compute dW, dA_prev as the test expects", ""),
    "Is it tanh? dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(Z1, 2))": (
        "Week 3", "the A-form fed with Z"),
    "loss = -np.sum(y_train * np.log(A) + (1 - y_train) * np.log(1 - A)) / m": (
        "computes cost as the test expects", ""),
    "J = np.sum(-train_Y * np.log(A) + (1 - train_Y) * np.log(1 - A)) / m": (
        "this line computes something else", "a sign wrong in the cost"),
    "dZ1 = np.multiply(np.dot(W2.T, dZ2), 1 - np.tanh(Z1)**2)": (
        "Week 3", "the derivative written from Z"),
    "dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(Z1, 2))": ("Week 3", "the A-form fed with Z"),
    ">>> dZ2 = AL - Y": ("Week 4 L_model_backward", "the shortcut A - Y"),
    "dAL = np.divide(Y, AL) - np.divide(1 - Y, 1 - AL)": (
        "Week 4", "the sign of the output error turned round"),
    "dW1 = np.dot(dZ1, X.T) / m": ("computes dW1 as the test expects", ""),
    "dA1 = np.dot(W2.T, dZ2)\ndA1 = dA1 * D1\ndA1 = dA1 / keep_prob": ("dropout", ""),
    "dtanh = (1 - a_next**2) * da_next\ndxt = np.dot(Wax.T, dtanh)": ("compute dz, dxt as", ""),
    "dA1 = dA1 * D1\ndA1 /= keep_prob\ndZ1 = np.multiply(dA1, np.int64(A1 > 0))": (
        "this line computes dZ1 as the test expects", ""),
    "dA1 = np.dot(W2.T, dZ2)\ndA1 *= D1\ndA1 /= keep_prob": ("dropout", ""),
    "dZ = dA * sigmoid(A) * (1 - sigmoid(A))": ("No line here could be read as one", ""),
    "Z1 = np.dot(W1, X) + b1\nA1 = np.tanh(Z1)\n"
    "dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))": ("Week 3 public_tests.py, edition C", ""),
    "m_divisor = 1 / np.shape(X)[1]\ndZ2 = A2 - Y\ndW2 = m_divisor * np.dot(dZ2, A2.T)": (
        "Week 3", "the layer's output in place of its input"),
    "dW2 = np.dot(dZ2, A2.T) / m\ndZ1 = W2.T * dZ2 * (1 - A1 ** 2)": (
        "Week 3", "the layer's output in place of its input"),
    "dW2 = np.dot(dZ2, A1.transpose()) / m\ndW1 = np.dot(dZ1, np.transpose(X)) / m": (
        "these lines compute dW2, dW1 as the test expects", ""),
    "dZ2 = 2 * (A2 - Y)\ndW2 = np.dot(dZ2, A1.T) / m\ndW1 = np.dot(dZ1, X.T) / m": (
        "In Week 3 public_tests.py, edition C", ""),
    "dZ1 = W2.T * dZ2 * (1 - np.power(A1, 2))": ("Week 3 public_tests.py, edition C", ""),
    "dZ1 = np.dot(W2.T, dZ2) * np.dot(1 - A1 ** 2, Z1)": ("Week 3 public_tests.py, edition C", ""),
    "dZ1 = np.dot(W2.T, dZ2) * (np.ones(A1.shape) * (A1 > 0).astype(float))": (
        "this line computes dZ1 as the test expects", ""),
    "l1 = np.dot(W2.T, yhat - y)\nl1[z1 < 0] = 0\n"
    "grad_W2 = np.dot(yhat - y, h.T)/batch_size; grad_b2 = np.sum(yhat - y, axis=1, keepdims=True)":
        ("NLP Week 4 back_prop", "the average over m left out"),
}  # fmt: skip
"""Lines of code, what is said of them, and the name of the form that one of them has."""

SEVERAL_LINES = {
    "I had\ndW2 = np.dot(dZ2, A1.T) / m + lambd * np.sum(W2) / m\nand it failed; now\n"
    "dW2 = np.dot(dZ2, A1.T) / m + lambd / m * W2": (1, 1),
    "The exercise has\n\\[ dAL = \\left(\\frac{1 - Y}{1 - AL} - \\frac{Y}{AL}\\right) \\]\nand I\n"
    "$$ dAL = \\left( \\dfrac{1 - Y}{AL} - \\dfrac{Y}{AL} \\right) $$": (1, 1),
    "dA2 = np.dot(W3.T, dZ3) * D2 / keep_prob\ndA2 = np.dot(W3.T, dZ3) * D2 * keep_prob": (1, 1),
    "dZ1 = np.dot(W2.T, dZ2) * (1 - Z1**2)\ndb1 = np.sum(dZ1) / m\n"
    "dZ1 = np.dot(W2.T, dZ2) * (1 - A1)**2\ndb1 = np.sum(dZ1, axis=1, keepdims=True) / m": (1, 3),
    "Relu works in the planar notebook with\ndZ1 = W2.T @ dZ2 * (np.ones_like(A1) * (A1 > 0))\n"
    "and learns a straight border with\ndZ1 = W2.T @ dZ2 * (np.ones_like(A1) * (A1 >= 0))\n"
    "Why is that so?": (1, 1),
}
"""Several lines for one name, and how many of them are right and wrong."""

RELU = """x = np.array([[0.5, 1.5], [2.5, 0.25]])
t = np.array([1.75, 0.5])
h = np.maximum(0, v1 @ x.T)
out = np.dot(v2, h)
delta_v2 = np.dot(out - t, h.T)
delta_v1 = {}np.outer(v2, out - t) @ x
v1 = v1 - rate * delta_v1
"""
OWN_CODE = {
    RELU.format("") + "\nwanted [1.75 0.5 ]\ngot [1.1234 0. ]\n": "a relu in this code",
    RELU.format("(h > 0) * "): "",
    RELU.format("relu_prime(h) * "): "",
    "h = relu(v1 @ x)\nloss = np.mean((h - t) ** 2)": "",
    "class Net:\n    def back(self, x, t):\n        self.dZ = self.A - t\n"
    "        self.db = np.sum(self.dZ, keepdims=True) / x.shape[1]": "one number of shape (1, 1)",
    "err = out - t\ngrad_b = np.sum(err, keepdims=True, axis=1)": "",
    "err = out - t\ngrad_b = np.sum(err, 1, keepdims=True)": "",
    "err = out - t\nloss = np.sum(err, keepdims=True)": "",
    "err = out - t\nstep = err * slope_of_out\nback = np.dot(W2.T, err)\n"
    "grad_W1 = np.dot(back * slope_of_h, x.T)": "err goes down through the weights",
    "err = out - t\nstep = err * deriv(out)\nback = step.dot(syn1.T)\nlast = back * deriv(h)": "",
    "err = np.multiply(out - t, 1 - out ** 2)\nback = err @ w[1].T\ngrad = back * (1 - h ** 2)": "",
    "err = out - t\ngrad = np.dot(err, np.dot(out, (1 - out)))": "a product of matrices:",
    "h_raw = w * x\nh = np.tanh(h_raw)\nback = miss * (1 - h_raw ** 2)": "derivative of tanh where",
    "h_raw = w * x\nh = np.tanh(h_raw)\nback = miss * (1 - h ** 2)": "",
    "class Gate:\n    def back(self, grad):\n        self.down = self.x * (1 - self.x) * grad": (
        "derivative of the sigmoid where"
    ),
    "class Gate:\n    def back(self, grad):\n        self.d = self.out * (1 - self.out) * grad": "",
    "err = out - t\ngrad = np.dot(err, np.dot(out, (1 - t)))": "",
}
"""Code of one's own, and what one of its hints says."""

TWICE = {
    "guess = sigmoid(v @ h + c)\ndown = miss * sigmoid(guess) * (1 - sigmoid(guess))": "guess",
    "guess = 1 / (1 + np.exp(-(v @ h)))\n"
    "down = (1.0 - sigmoid(guess)) * sigmoid(guess) * miss": "guess",
    "self.top = self.sigmoid(q)\n"
    "down = miss * self.sigmoid(self.top) * (1 - self.sigmoid(self.top))": "top",
    "def slope(x):\n    return sigmoid(x) * (1 - sigmoid(x))\nmid = sigmoid(np.dot(v, x))\n"
    "top = sigmoid(np.dot(u, mid))\ndown = miss * slope(top)\nlow = u.T @ down * slope(mid)":
        "top, mid",
    "def act(x, deriv=False):\n    if deriv:\n        s = sigmoid(x)\n        return s * (1 - s)\n"
    "    return sigmoid(x)\nmid = sigmoid(v @ x)\ndown = miss * act(mid, deriv=True)": "mid",
    "s = sigmoid(A2)\ndown = miss * s * (1 - s)": "A2",
    "mid = np.tanh(v @ x)\ndown = miss * (1 - np.tanh(mid) ** 2)": "mid",
    "mid = np.tanh(v @ x)\ndown = miss * (1 - np.power(np.tanh(mid), 2))": "mid",
    # Once alone
    "q = v @ sigmoid(p)\ndown = miss * sigmoid(q) * (1 - sigmoid(q))": "",
    "out = v @ h\nguess = sigmoid(out)\ndown = miss * sigmoid(out) * (1 - sigmoid(out))": "",
    "c = f * c + i * np.tanh(g)\ndown = miss * o * (1 - np.tanh(c) ** 2)": "",
    "def slope(x):\n    return x * (1 - x)\nmid = sigmoid(v @ x)\ndown = miss * slope(mid)": "",
    "guess = act(q, deriv=True)\ndown = miss * sigmoid(guess) * (1 - sigmoid(guess))": "",
    "error = reply * (1 - reply) * (goal - reply)\nlow = gave * (1 - gave) * total": "",
}  # fmt: skip
"""Lines with a derivative of the sigmoid or of tanh, and what goes through it a second time."""

OF_EXPONENTIALS = (
    "t = (np.exp(q) - np.exp(-q)) / (np.exp(q) + np.exp(-q))\n"
    "RuntimeWarning: overflow encountered in exp",
    "slope = 4 * np.exp(2 * q) / (np.exp(2 * q) + 1) ** 2\n"
    "RuntimeWarning: overflow encountered in square",
    "own.py:7: RuntimeWarning: invalid value encountered in true_divide\n"
    "  return np.sinh(q) / np.cosh(q)",
    "up = np.exp(q)\np = up / np.sum(up, axis=0)\n"
    "RuntimeWarning: invalid value encountered in divide",
    "own.py:7: RuntimeWarning: overflow encountered in exp\n  up = np.exp(q)\np = up / up.sum()",
)
NO_EXPONENTIALS = (
    "RuntimeWarning: overflow encountered in square",
    "s = 1 / (1 + np.exp(-q))\nRuntimeWarning: overflow encountered in exp",
    "s = 1 / (1 + np.exp(-q))\nds = s * (1 - s)\nRuntimeWarning: overflow encountered in multiply",
    "up = np.exp(q - q.max())\np = up / up.sum()\nRuntimeWarning: overflow encountered in square",
    "p = np.exp(q) / np.exp(q).sum()\nown.py:7: RuntimeWarning: overflow encountered in multiply\n"
    "  v = v - rate * miss",
)
"""Overflow with and without a quotient of exponentials that it can be of."""

NOT_STRICT = {
    "dZ1 = np.dot(W2.T, dZ2) * (A1 >= 0)": "A1",
    "dZ2 = np.multiply(dA2, np.int64(A2 >= 0))": "A2",
    "hid = np.maximum(0, v @ x)\ngrad_v = ((u.T @ miss) * (hid >= 0)) @ x.T": "hid",
    "A1 = relu(Z1)\ndZ1 = np.dot(W2.T, dZ2)\ndZ1[A1 < 0] = 0": "A1",
    "dZ1 = np.dot(W2.T, dZ2) * (A1 > 0)": "",
    "dZ1 = np.dot(W2.T, dZ2) * (Z1 >= 0)": "",
    "dZ2 = A2 - Y\nguess = (A2 >= 0.5)": "",
    "hid = v @ x\ngrad_v = ((u.T @ miss) * (hid >= 0)) @ x.T": "",
    "A1 = np.tanh(Z1)\ndZ1 = np.dot(W2.T, dZ2) * (A1 >= 0)": "",
}
"""Derivatives of relu, and the output in them that is compared as if it had a sign."""

LOST_COSTS = (
    "The cost is nan.",
    "Loss after epoch 40: NaN",
    "From the third step on my loss becomes nan, whatever the rate.",
    "cost with the first weights: nan\nRuntimeWarning: divide by zero encountered in log",
    "RuntimeWarning: invalid value encountered in multiply",
    "RuntimeWarning: invalid value encountered in log",
)
KEPT_COSTS = (
    "db1 = nan, and the cost goes down",
    "The cost falls while db1 is nan.",
    "cost = 0, db1 = nan",
)
"""Texts of which the cost is nan, and of which another number is."""

TRAINED = """Z1 = np.dot(w1, x) + b1
A1 = sigmoid(Z1)
A2 = sigmoid(np.dot(w2, A1) + b2)
E2 = A2 - t
"""

FAILS = (
    "The loss does not decrease.",
    "It gives the same output for every input.",
    "My network doesn't learn XOR.",
    "It doesn't learn.",
    "The cost is always stuck at 0.69.",
    "It will not converge, whatever the learning rate.",
)

WORKS = (
    "Is the derivative missing here?",
    "I am stuck on exercise 8.",
    "The gradient check of word2vec fails.",
    "What do the epochs do in this code? The loss goes down.",
)
"""What is said of training that fails, and what is not."""

NOTES = (
    "<- wrong",
    "  <-- this one is not right",
    "# wrong",
    "(wrong)",
    "wrong",
    "!! why?",
    "but should be 3.2305",
    "vs 3.2305591",
    ", expected 3.2305591",
    "-> expected is 3.23",
)
"""What learners write behind a number of theirs."""

NO_NOTES = ("<- expected", "(expected)", "is the expected one", "* dZ2", "+ 0.5", "= db2")
"""What makes a number another's, or a part of a formula."""

IN_ONE_LINE = (
    "dw ~ 0.75214595, -0.19812289 and db ~ -0.37501214, cost 0.159",
    "I get dw = 0.75214595, -0.19812289; db = -0.37501214",
    "dw: 0.75214595 -0.19812289, db: -0.37501214",
)
"""A column and a number of one test, told in a sentence."""

ROWS = """| | mine | expected |
|---|---|---|
| dW1[0] | 0.00225746 -0.0056034 | 0.00301023 -0.00747267 |
| dW1[2] | -0.0011767   0.00292076 | -0.00156892 0.003893 |
| db1 | 0.00132049 0.00113459 -0.0006883 -0.00286104 | 0.00176201 0.00150995 -0.00091736 0.1 |
"""
"""A table with a row for each row of an array, and without brackets."""

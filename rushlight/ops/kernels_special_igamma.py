"""The regularized incomplete gamma functions: gammainc (PyTorch's igamma) and gammaincc (igammac).

Source: the choice of method is SciPy's and PyTorch's. Series DLMF 8.11.4 and 8.7.3, continued fraction DLMF 8.9.2,
Temme's uniform expansion DLMF 8.12 where a is large and x is near it, and the prefactor x^a exp(-x) / gamma(a) through
Lanczos' sum (J. Maddock's coefficients for g = 6.0246...).
"""

import math

import numpy as np

from .kernels_special_base import Array, constants, evaluate_pair, polynomial
from .kernels_special_erf import _erfc
from .kernels_special_gamma import _lgamma

# Rows are powers of 1/a, columns powers of eta, highest first: DLMF 8.12.12. Thirteen rows are enough for a > 20.
TEMME = (
    constants(
        -1.9752288294349442e-15, -5.139111834242572e-16, 2.8534893807047445e-14, -1.392388722418162e-13,
        3.3717632624009856e-13, 1.1004392031956135e-13, -5.0276692801141755e-12, 2.4361948020667415e-11,
        -5.830772132550426e-11, -2.551419399494625e-11, 9.14769958223679e-10, -4.382036018453353e-09,
        1.0261809784240309e-08, 6.707853543401498e-09, -1.7665952736826078e-07, 8.296711340953087e-07,
        -1.85406221071516e-06, -2.1854485106799924e-06, 3.919263178522438e-05, -0.0001787551440329218,
        0.0003527336860670194, 0.0011574074074074073, -0.014814814814814815, 0.08333333333333333,
        -0.3333333333333333,
    ),
    constants(
        -4.13125571381061e-15, 2.0291628823713425e-14, -4.978339972369262e-14, -2.1671786527323313e-16,
        5.996696365683689e-13, -2.933186643771437e-12, 7.1624989648114856e-12, 6.067215101604758e-14,
        -8.56390702649298e-11, 4.162792991842583e-10, -1.0091543710600413e-09, -1.7543241719747647e-11,
        1.1951628599778148e-08, -5.752545603517705e-08, 1.378633446915721e-07, 4.647127802807434e-09,
        -1.6120900894563446e-06, 7.64916091608111e-06, -1.8098550334489977e-05, -4.018775720164609e-07,
        0.00020576131687242798, -0.0009902263374485596, 0.0026455026455026454, -0.003472222222222222,
        -0.001851851851851852,
    ),
    constants(
        8.859221872591127e-15, 1.8931876768373515e-17, -9.905105763906907e-14, 4.662239946390136e-13,
        -1.0940640427884595e-12, -4.1689782251838634e-15, 1.197593554636698e-11, -5.5645956134363323e-11,
        1.2872252400089318e-10, 9.428356159014678e-13, -1.3670488396617112e-09, 6.228974084922022e-09,
        -1.409252991086752e-08, -2.0477098421990866e-10, 1.4280614206064242e-07, -6.298992138380055e-07,
        1.3721957309062932e-06, 3.423578734096138e-08, -1.2760635188618728e-05, 5.2923448829120125e-05,
        -0.00010736653226365161, 2.0093878600823047e-06, 0.0007716049382716049, -0.0026813271604938273,
        0.004133597883597883,
    ),
    constants(
        2.045367122678285e-14, -9.344688791517433e-14, 2.126978363279737e-13, 6.208819573407901e-17,
        -2.178219188018096e-12, 9.790998951171684e-12, -2.1894761681963938e-11, -1.388823336813903e-14,
        2.1541049775774907e-10, -9.460496661855133e-10, 2.0620131815488797e-09, 2.3928620439808118e-12,
        -1.9111168485973655e-08, 8.099464905388083e-08, -1.6958404091930278e-07, -2.7861080291528143e-11,
        1.4230900732435883e-06, -5.6749528269915965e-06, 1.1082654115347302e-05, -2.396505113867297e-07,
        -7.561801671883977e-05, 0.00026772063206283885, -0.0004691894943952557, 0.00022947209362139917,
        0.0006494341563786008,
    ),
    constants(
        -5.045332069080094e-14, -6.33859148489156e-18, 4.908815614809652e-13, -2.149246470613483e-12,
        4.67927502665792e-12, 1.278600101629623e-15, -4.356323005056618e-11, 1.86023389685045e-10,
        -3.9409233028046403e-10, -2.3024517174528067e-13, 3.4463580499464896e-09, -1.4189739437803219e-08,
        2.8865829742708783e-08, 2.956794137544049e-11, -2.292934834000805e-07, 8.907507532205309e-07,
        -1.6954149536558305e-06, 2.507497226237533e-10, 1.1375726970678419e-05, -3.968365047179435e-05,
        6.641498215465122e-05, -1.4638452578843418e-06, -0.0002990724803031902, 0.0007840392217200666,
        -0.0008618882909167117,
    ),
    constants(
        -1.3249659916340829e-13, 5.680743584990564e-13, -1.210902069055155e-12, -3.661886712685252e-17,
        1.0799129993116828e-11, -4.513426216163278e-11, 9.358944242306784e-11, 5.192679165254041e-15,
        -7.840924253697429e-10, 3.162417628774568e-09, -6.306194500013523e-09, -1.7989466721743514e-14,
        4.8240967037894184e-08, -1.8447187191171344e-07, 3.4652846491085265e-07, -3.252473551298454e-10,
        -2.291481176508095e-06, 8.018470256334202e-06, -1.3594048189768693e-05, 1.419062920643967e-07,
        6.797780477937208e-05, -0.00019932570516188847, 0.0002772753244959392, -6.972813758365858e-05,
        -0.00033679855336635813,
    ),
    constants(
        3.6902800842763465e-13, 4.710976121367431e-18, -3.1799163902367977e-12, 1.3065700536611057e-11,
        -2.6639822008536144e-11, -7.613230520476153e-16, 2.1598224929232125e-10, -8.575492823577594e-10,
        1.6846058979264062e-09, 8.649648858010293e-14, -1.2545415020710382e-08, 4.7435958880408125e-08,
        -8.828600746330484e-08, 2.338630673826657e-13, 5.788792863149004e-07, -2.0291327396058603e-06,
        3.465155368803609e-06, -3.0796134506033047e-09, -1.8329116582843375e-05, 5.61168275310625e-05,
        -8.153969367561969e-05, 7.902353232660328e-07, 0.0002708782096718045, -0.0005921664373536939,
        0.0005313079364639922,
    ),
    constants(
        1.0865561947091654e-12, -4.403168815871311e-12, 8.856689099669639e-12, 2.589986387486848e-17,
        -6.995796092070568e-11, 2.7437977643314844e-10, -5.327994173877286e-10, -3.881002251019412e-17,
        3.887645959386175e-09, -1.4578352908731272e-08, 2.695423606288966e-08, -1.297447328701544e-12,
        -1.7562973359060463e-07, 6.166714376110408e-07, -1.0595367014026043e-06, 4.93875893393627e-10,
        5.7876949497350525e-06, -1.8263488805711332e-05, 2.7744451511563645e-05, -1.2741009095484485e-07,
        -0.00010976582244684731, 0.0002812695154763237, -0.00033493161081142234, 5.171790908260592e-05,
        0.00034436760689237765,
    ),
    constants(
        -3.3721464474854593e-12, -5.090418699993299e-18, 2.6077347197254926e-11, -1.0127287556389682e-10,
        1.9484714275467745e-10, 5.382058999060575e-16, -1.3991589583935709e-09, 5.213214492280807e-09,
        -9.590386497425686e-09, 6.597703826733e-16, 6.220228804018927e-08, -2.1867506700122867e-07,
        3.773587741611098e-07, -1.7213731432817144e-11, -2.1075476666258803e-06, 6.783342904865167e-06,
        -1.0595271125805195e-05, 4.557909867922708e-09, 4.629953263691304e-05, -0.00012783517679769218,
        0.00016644846642067547, -6.969091458420552e-07, -0.000438297098541721, 0.0008394987206720873,
        -0.0006526239185953094,
    ),
    constants(
        -1.1002224534207727e-11, 4.23827232834492e-11, -8.093153869465787e-11, -1.887749850169741e-19,
        5.737013552805138e-10, -2.1267304792235634e-09, 3.896947075815478e-09, -1.0225912098215092e-14,
        -2.5184812301826817e-08, 8.862466778790695e-08, -1.534469519070206e-07, 3.6886101871706966e-12,
        8.708234177864641e-07, -2.8427815022504407e-06, 4.5284535953805374e-06, -8.858589014125599e-10,
        -2.1073920183404862e-05, 6.105192082501531e-05, -8.479507117068503e-05, 1.819700838046515e-07,
        0.00027750107634328704, -0.0006401475260262758, 0.0006782308837667328, -7.204895416020011e-05,
        -0.0005967612901927463,
    ),
    constants(
        3.764774955354384e-11, 5.794875163403742e-18, -2.6405338676507616e-10, 9.748026254873165e-10,
        -1.7804938269892715e-09, 3.9642746853563326e-18, 1.1474026743371962e-08, -4.040787734999483e-08,
        7.014504316366825e-08, -1.756787766632329e-13, -4.029569309210103e-07, 1.329369701097492e-06,
        -2.148256587345626e-06, 4.8435226265680926e-11, 1.044986828530338e-05, -3.127053674781734e-05,
        4.5284402370562144e-05, -8.1301893922785e-09, -0.000168588537679108, 0.00042735056665392886,
        -0.0005087450129309319, 9.9324041226423e-07, 0.0011089369134596636, -0.0019144384985654776,
        0.0013324454494800656,
    ),
    constants(
        1.3481607129399748e-10, -4.959878251733084e-10, 9.035460439133513e-10, -1.332821287582869e-16,
        -5.809173863328336e-09, 2.0470855345905963e-08, -3.5609886164949055e-08, 4.6714772409838506e-14,
        2.0653236975414888e-07, -6.869339637952674e-07, 1.1223224418895176e-06, -1.1024320105776174e-11,
        -5.641377387290428e-06, 1.7281818956040464e-05, -2.5779417251947842e-05, 2.12114184918303e-09,
        0.00010449513336495887, -0.00028143901463712157, 0.0003623502508476469, -3.99127055299192e-07,
        -0.0010108559391263003, 0.00213896861856891, -0.0020633421035543276, 0.00016251626278391583,
        0.001579727660730835,
    ),
    constants(
        -5.042311271810582e-10, 4.175946829345594e-20, 3.2355857064185554e-09, -1.1407719956357511e-08,
        1.9878012911297094e-08, -2.816808630596451e-15, -1.161834764494887e-07, 3.8894624761300054e-07,
        -6.4097794149313e-07, 7.982976024232571e-13, 3.304517767401387e-06, -1.0304008744776892e-05,
        1.5712512518742267e-05, -1.4440629666426571e-10, -6.769649993743896e-05, 0.00019009987368139304,
        -0.000257793871204217, 1.9445447567109655e-08, 0.0008359546974796246, -0.001970044051841889,
        0.002174044180125464, -2.183732802866233e-06, -0.004041016108167662, 0.00640336283380807,
        -0.004072512119514016,
    ),
)
# Ascending powers, so that the same tuples serve as polynomials in 1/x, whose leading coefficient comes first.
LANCZOS_NUMERATOR = constants(
    0.006061842346248906525783753964555936883222,
    0.5098416655656676188125178644804694509993,
    19.51992788247617482847860966235652136208,
    449.9445569063168119446858607650988409623,
    6955.999602515376140356310115515198987526,
    75999.29304014542649875303443598909137092,
    601859.6171681098786670226533699352302507,
    3481712.15498064590882071018964774556468,
    14605578.08768506808414169982791359218571,
    43338889.32467613834773723740590533316085,
    86363131.28813859145546927288977868422342,
    103794043.1163445451906271053616070238554,
    56906521.91347156388090791033559122686859,
)
LANCZOS_DENOMINATOR = constants(
    1, 66, 1925, 32670, 357423, 2637558, 13339535, 45995730, 105258076, 150917976, 120543840, 39916800, 0
)
LANCZOS_G = 6.024680040776729583740234375
MACHINE_EPSILON = 1.11022302462515654042e-16
MAXIMUM_LOGARITHM = 7.09782712893383996843e2
MAXIMUM_STEPS = 2000
# PyTorch takes pi in single precision here, which moves float64 results by up to 4e-10; we give what it gives.
PI_OF_UNIFORM = 3.1415927410125732
BIG = 4503599627370496.0


def _lanczos(x: Array) -> Array:
    """Lanczos' sum scaled by exp(-g), in 1/x above 1 lest the powers overflow."""
    y = np.where(x > 1, 1.0 / x, x)
    rising = polynomial(y, LANCZOS_NUMERATOR) / polynomial(y, LANCZOS_DENOMINATOR)
    falling = polynomial(y, LANCZOS_NUMERATOR[::-1]) / polynomial(y, LANCZOS_DENOMINATOR[::-1])
    return np.where(x > 1, falling, rising)


def _prefactor(a: Array, x: Array) -> Array:
    """x^a * exp(-x) / gamma(a)."""
    exponent = a * np.log(x) - x - _lgamma(a)
    far = np.where(exponent < -MAXIMUM_LOGARITHM, 0.0, np.exp(exponent))
    shifted = a + LANCZOS_G - 0.5
    scale = np.sqrt(shifted / math.e) / _lanczos(a)
    direct = np.exp(a - x) * np.power(x / shifted, a)
    ratio = (x - a - LANCZOS_G + 0.5) / shifted
    large = np.exp(a * (np.log1p(ratio) - ratio) + x * (0.5 - LANCZOS_G) / shifted)
    near = scale * np.where((a < 200) & (x < 200), direct, large)
    return np.where(np.abs(a - x) > 0.4 * np.abs(a), far, near)


def _lower_series(a: Array, x: Array) -> Array:
    """The lower function by its power series."""
    term, total, r = np.ones_like(a), np.ones_like(a), a
    for _ in range(MAXIMUM_STEPS):
        r = r + 1.0
        term = term * (x / r)
        total = total + term
        if (term <= MACHINE_EPSILON * total).all():
            break
    return total * _prefactor(a, x) / a


def _upper_series(a: Array, x: Array) -> Array:
    """The upper function by its series for small x, arranged so that nothing cancels."""
    factor, total = np.ones_like(a), np.zeros_like(a)
    for n in range(1, MAXIMUM_STEPS):
        factor = factor * (-x / n)
        term = factor / (a + n)
        total = total + term
        if (np.abs(term) <= MACHINE_EPSILON * np.abs(total)).all():
            break
    logarithm = a * np.log(x)
    return -np.expm1(logarithm - _lgamma(1.0 + a)) - np.exp(logarithm - _lgamma(a)) * total


def _upper_fraction(a: Array, x: Array) -> Array:
    """The upper function by its continued fraction; numbers that settle are left alone while the others go on."""
    y = 1.0 - a
    z = x + y + 1.0
    older_p, older_q, p, q = np.ones_like(x), x, x + 1.0, z * x
    result = p / q
    done = np.zeros(x.shape, bool)
    for step in range(1, MAXIMUM_STEPS + 1):
        y, z = y + 1.0, z + 2.0
        older_p, p = p, p * z - older_p * y * step
        older_q, q = q, q * z - older_q * y * step
        ratio = p / q
        change = np.where(q != 0, np.abs((result - ratio) / ratio), 1.0)
        result = np.where(done | (q == 0), result, ratio)
        done = done | ~(change > MACHINE_EPSILON)
        if done.all():
            break
        scale = np.where(np.abs(p) > BIG, 1 / BIG, 1.0)
        older_p, p, older_q, q = older_p * scale, p * scale, older_q * scale, q * scale
    factor = _prefactor(a, x)
    return np.where(factor == 0, 0.0, result * factor)


def _uniform(a: Array, x: Array, sign: float) -> Array:
    """Temme's expansion: the upper function for sign 1, the lower one for sign -1."""
    sigma = (x - a) / a
    eta = np.copysign(np.sqrt(-2.0 * (np.log1p(sigma) - sigma)), sigma)
    total, power = np.zeros_like(a), np.ones_like(a)
    previous, active = np.full_like(a, np.inf), np.ones(a.shape, bool)
    for row in TEMME:
        term = polynomial(eta, row) * power
        active &= np.abs(term) <= previous
        total = np.where(active, total + term, total)
        previous, power = np.abs(term), power / a
        if not active.any():
            break
    result = 0.5 * _erfc(sign * eta * np.sqrt(a / 2))
    return result + sign * np.exp(-0.5 * a * eta * eta) * total / np.sqrt(2 * PI_OF_UNIFORM * a)


def _is_uniform(a: Array, x: Array) -> Array:
    distance = np.abs(x - a) / a
    return ((a > 20) & (a < 200) & (distance < 0.3)) | ((a > 200) & (distance < 4.5 / np.sqrt(a)))


def _boundary(a: Array, x: Array, at_zero: float, at_infinity: float) -> Array:
    """The values where an argument is 0, infinite or negative, and nan in the rest of the array."""
    result = np.full_like(a, np.nan)
    result = np.where(np.isinf(x), at_infinity, result)
    result = np.where(np.isinf(a), np.where(np.isinf(x), np.nan, at_zero), result)
    result = np.where(x == 0, at_zero, result)
    result = np.where(a == 0, np.where(x > 0, at_infinity, np.nan), result)
    return np.where((x < 0) | (a < 0), np.nan, result)


def _fill(result: Array, where: Array, method, a: Array, x: Array, *arguments: float) -> None:
    if where.any():
        result[where] = method(a[where], x[where], *arguments)


def _gammaincc(a: Array, x: Array) -> Array:
    result = _boundary(a, x, 1.0, 0.0)
    left = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    uniform = left & _is_uniform(a, x)
    _fill(result, uniform, _uniform, a, x, 1.0)
    left &= ~uniform
    bound = np.where(x > 1.1, x, np.where(x <= 0.5, -0.4 / np.log(x), x * 1.1))
    complement = left & (bound < a)
    _fill(result, complement, lambda a, x: 1.0 - _lower_series(a, x), a, x)
    left &= ~complement
    _fill(result, left & (x > 1.1), _upper_fraction, a, x)
    _fill(result, left & (x <= 1.1), _upper_series, a, x)
    return result


def _gammainc(a: Array, x: Array) -> Array:
    result = _boundary(a, x, 0.0, 1.0)
    left = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    uniform = left & _is_uniform(a, x)
    _fill(result, uniform, _uniform, a, x, -1.0)
    left &= ~uniform
    complement = left & (x > 1.0) & (x > a)
    _fill(result, complement, lambda a, x: 1.0 - _gammaincc(a, x), a, x)
    _fill(result, left & ~complement, _lower_series, a, x)
    return result


def gammainc(a: Array, x: Array) -> Array:
    """Return the regularized lower incomplete gamma function, for a, x >= 0 and not both 0."""
    return evaluate_pair(_gammainc, a, x)


def gammaincc(a: Array, x: Array) -> Array:
    """Return the regularized upper incomplete gamma function, 1 - gammainc(a, x) without cancellation."""
    return evaluate_pair(_gammaincc, a, x)

"""Bessel functions of orders 0 and 1, spherical_bessel_j0 and airy_ai.

Source: S. Moshier, Cephes (`i0`, `i1`, `j0`, `j1`, `k0`, `k1`, `airy`): Chebyshev series for the modified functions,
rational functions times a phase for the others. The choices at 0, infinity and negative arguments are PyTorch's, and
PyTorch drops the leading 1 of Cephes' monic denominators, which moves J, Y and Ai by up to 9e-7; so do we.
"""

import math

import numpy as np

from .kernels_special_base import Array, chebyshev_series, constants, evaluate, piecewise, rational

I0E_SMALL = constants(
    -4.4153416464793395e-18, 3.3307945188222384e-17, -2.431279846547955e-16, 1.715391285555133e-15,
    -1.1685332877993451e-14, 7.676185498604936e-14, -4.856446783111929e-13, 2.95505266312964e-12,
    -1.726826291441556e-11, 9.675809035373237e-11, -5.189795601635263e-10, 2.6598237246823866e-09,
    -1.300025009986248e-08, 6.046995022541919e-08, -2.670793853940612e-07, 1.1173875391201037e-06,
    -4.4167383584587505e-06, 1.6448448070728896e-05, -5.754195010082104e-05, 0.00018850288509584165,
    -0.0005763755745385824, 0.0016394756169413357, -0.004324309995050576, 0.010546460394594998,
    -0.02373741480589947, 0.04930528423967071, -0.09490109704804764, 0.17162090152220877,
    -0.3046826723431984, 0.6767952744094761,
)
I0E_LARGE = constants(
    -7.233180487874754e-18, -4.830504485944182e-18, 4.46562142029676e-17, 3.461222867697461e-17,
    -2.8276239805165836e-16, -3.425485619677219e-16, 1.7725601330565263e-15, 3.8116806693526224e-15,
    -9.554846698828307e-15, -4.150569347287222e-14, 1.54008621752141e-14, 3.8527783827421426e-13,
    7.180124451383666e-13, -1.7941785315068062e-12, -1.3215811840447713e-11, -3.1499165279632416e-11,
    1.1889147107846439e-11, 4.94060238822497e-10, 3.3962320257083865e-09, 2.266668990498178e-08,
    2.0489185894690638e-07, 2.8913705208347567e-06, 6.889758346916825e-05, 0.0033691164782556943,
    0.8044904110141088,
)
I1E_SMALL = constants(
    2.7779141127610464e-18, -2.111421214358166e-17, 1.5536319577362005e-16, -1.1055969477353862e-15,
    7.600684294735408e-15, -5.042185504727912e-14, 3.223793365945575e-13, -1.9839743977649436e-12,
    1.1736186298890901e-11, -6.663489723502027e-11, 3.625590281552117e-10, -1.8872497517228294e-09,
    9.381537386495773e-09, -4.445059128796328e-08, 2.0032947535521353e-07, -8.568720264695455e-07,
    3.4702513081376785e-06, -1.3273163656039436e-05, 4.781565107550054e-05, -0.00016176081582589674,
    0.0005122859561685758, -0.0015135724506312532, 0.004156422944312888, -0.010564084894626197,
    0.024726449030626516, -0.05294598120809499, 0.1026436586898471, -0.17641651835783406,
    0.25258718644363365,
)
I1E_LARGE = constants(
    7.517296310842105e-18, 4.414348323071708e-18, -4.6503053684893586e-17, -3.209525921993424e-17,
    2.96262899764595e-16, 3.3082023109209285e-16, -1.8803547755107825e-15, -3.8144030724370075e-15,
    1.0420276984128802e-14, 4.272440016711951e-14, -2.1015418427726643e-14, -4.0835511110921974e-13,
    -7.198551776245908e-13, 2.0356285441470896e-12, 1.4125807436613782e-11, 3.2526035830154884e-11,
    -1.8974958123505413e-11, -5.589743462196584e-10, -3.835380385964237e-09, -2.6314688468895196e-08,
    -2.512236237870209e-07, -3.882564808877691e-06, -0.00011058893876262371, -0.009761097491361469,
    0.7785762350182801,
)
K0_SMALL = constants(
    1.374465435613523e-16, 4.25981614279661e-14, 1.0349695257633842e-11, 1.904516377220209e-09,
    2.5347910790261494e-07, 2.286212103119452e-05, 0.001264615411446926, 0.0359799365153615,
    0.3442898999246285, -0.5353273932339028,
)
K0_LARGE = constants(
    5.300433772686263e-18, -1.6475804301524212e-17, 5.2103915050390274e-17, -1.678231096805412e-16,
    5.512055978524319e-16, -1.848593377343779e-15, 6.3400764774050706e-15, -2.2275133269916698e-14,
    8.032890775363575e-14, -2.9800969231727303e-13, 1.140340588208475e-12, -4.514597883373944e-12,
    1.8559491149547177e-11, -7.957489244477107e-11, 3.577397281400301e-10, -1.69753450938906e-09,
    8.574034017414225e-09, -4.660489897687948e-08, 2.766813639445015e-07, -1.8317555227191195e-06,
    1.39498137188765e-05, -0.00012849549581627802, 0.0015698838857300533, -0.0314481013119645,
    2.4403030820659555,
)
K1_SMALL = constants(
    -7.023863479386288e-18, -2.427449850519366e-15, -6.666901694199329e-13, -1.4114883926335278e-10,
    -2.213387630734726e-08, -2.4334061415659684e-06, -0.0001730288957513052, -0.006975723859639864,
    -0.12261118082265715, -0.3531559607765449, 1.5253002273389478,
)
K1_LARGE = constants(
    -5.756744483665017e-18, 1.7940508731475592e-17, -5.689462558442859e-17, 1.838093544366639e-16,
    -6.057047248373319e-16, 2.038703165624334e-15, -7.019837090418314e-15, 2.4771544244813043e-14,
    -8.976705182324994e-14, 3.3484196660784293e-13, -1.2891739609510289e-12, 5.13963967348173e-12,
    -2.1299678384275683e-11, 9.218315187605006e-11, -4.1903547593418965e-10, 2.015049755197033e-09,
    -1.0345762465678097e-08, 5.7410841254500495e-08, -3.5019606030878126e-07, 2.406484947837217e-06,
    -1.936197974166083e-05, 0.00019521551847135162, -0.002857816859622779, 0.10392373657681724,
    2.7206261904844427,
)
J0_PP = constants(
    0.0007969367292973471, 0.08283523921074408, 1.239533716464143, 5.447250030587687,
    8.74716500199817, 5.303240382353949, 1.0,
)
J0_PQ = constants(
    0.0009244088105588637, 0.08562884743544745, 1.2535274390105895, 5.470977403304171,
    8.761908832370695, 5.306052882353947, 1.0,
)
J0_QP = constants(
    -0.011366383889846916, -1.2825271867050931, -19.553954425773597, -93.20601521237683,
    -177.68116798048806, -147.07750515495118, -51.41053267665993, -6.050143506007285,
)
J0_QQ = constants(
    64.3178256118178, 856.4300259769806, 3882.4018360540163, 7240.467741956525,
    5930.727011873169, 2062.0933166032783, 242.0057402402914,
)
J0_RP = constants(
    -4794432209.782018, 1956174919465.5657, -249248344360967.72, 9708622510473064.0,
)
J0_RQ = constants(
    499.563147152651, 173785.4016763747, 48440965.83399621, 11185553704.535683,
    2112775201154.892, 310518229857422.56, 3.1812195594320496e+16, 1.7108629408104315e+18,
)
J1_PP = constants(
    0.0007621256162081731, 0.07313970569409176, 1.1271960812968493, 5.112079511468076,
    8.424045901417724, 5.214515986823615, 1.0,
)
J1_PQ = constants(
    0.0005713231280725487, 0.06884559087544954, 1.105142326340617, 5.073863861286015,
    8.399855543276042, 5.209828486823619, 1.0,
)
J1_QP = constants(
    0.05108625947501766, 4.982138729512334, 75.82382841325453, 366.7796093601508,
    710.8563049989261, 597.4896124006136, 211.68875710057213, 25.207020585802372,
)
J1_QQ = constants(
    74.23732770356752, 1056.4488603826283, 4986.410583376536, 9562.318924047562,
    7997.041604473507, 2826.1927851763908, 336.0936078106983,
)
J1_RP = constants(
    -899971225.7055594, 452228297998.19403, -72749424522181.83, 3682957328638529.0,
)
J1_RQ = constants(
    620.8364781180543, 256987.25675774884, 83514679.14319493, 22151159547.97925,
    4749141220799.914, 784369607876235.9, 8.952223361846274e+16, 5.322786203326801e+18,
)
Y0_YP = constants(
    15592.436785523574, -14663929.59039716, 5435264770.518765, -982136065717.9115,
    87590639439536.7, -3466283033847297.0, 4.4273326857256984e+16, -1.8495080043698668e+16,
)
Y0_YQ = constants(
    1041.2835366425984, 626107.330137135, 268919633.39381415, 86400248710.3935,
    20297961275010.555, 3171577528429750.5, 2.5059625617265306e+17,
)
Y1_YP = constants(
    1263204747.9017804, -647355876379.1603, 114509511541823.73, -8127702555013251.0,
    2.024394757135949e+17, -7.788771962659501e+17,
)
Y1_YQ = constants(
    594.3015923461282, 235564.09294306856, 73481194.44597217, 18760131610.870617,
    3882312774962.3857, 620557727146953.8, 6.871410873553005e+16, 3.9727060811656064e+18,
)
AIRY_AN = constants(
    0.346538101525629, 12.007595273964581, 76.27960536152345, 168.08922493463058,
    159.75639135016442, 70.53609068404442, 14.026469116338967, 1.0,
)
AIRY_AD = constants(
    0.5675945326387702, 14.75625625848472, 84.51389701414746, 177.31808814540045,
    164.2346928715297, 71.47784008255756, 14.095913560783403, 1.0,
)
AIRY_AFN = constants(
    -0.1316963234183318, -0.6264565444319123, -0.6931580360369335, -0.2797799815451191,
    -0.04919001326095003, -0.004062659235948854, -0.0001592764962392621, -2.776491081552329e-06,
    -1.6778769848911465e-08,
)
AIRY_AFD = constants(
    13.356042070655324, 32.682503279522464, 26.736704094149957, 9.187074029072596,
    1.4752914677166642, 0.11568717379518804, 0.004402916416152112, 7.547203482874142e-05,
    4.5185009297058035e-07,
)
AIRY_AGN = constants(
    0.01973399320916857, 0.39110302961568827, 1.0657989759959559, 0.9391692298166502,
    0.35146565610554764, 0.06338889196289255, 0.005858041130483885, 0.000282851600836737,
    6.98793669997261e-06, 8.117892395543892e-08, 3.415517847659236e-10,
)
AIRY_AGD = constants(
    9.30892908077442, 19.835292871831214, 15.564662893286462, 5.476860694229755,
    0.9542936116189619, 0.08645808263523921, 0.004126565238242226, 0.00010125908511650914,
    1.1716673321441352e-06, 4.9183457006293e-09,
)
SQRT_2_OVER_PI = math.sqrt(2 / math.pi)
TWO_OVER_PI = 2 / math.pi
INVERSE_SQRT_PI = 1 / math.sqrt(math.pi)
# Squares of the first two zeros of J0 and J1.
J0_ZEROS = (5.78318596294678452118, 30.4712623436620863991)
J1_ZEROS = (14.6819706421238932572, 49.2184563216946036703)


def _i0e(x: Array) -> Array:
    return piecewise(
        np.abs(x),
        np.abs(x) <= 8.0,
        lambda part: chebyshev_series(0.5 * part - 2.0, I0E_SMALL),
        lambda part: chebyshev_series(32.0 / part - 2.0, I0E_LARGE) / np.sqrt(part),
    )


def _i0(x: Array) -> Array:
    return np.exp(np.abs(x)) * _i0e(x)


def _i1e(x: Array) -> Array:
    result = piecewise(
        np.abs(x),
        np.abs(x) <= 8.0,
        lambda part: chebyshev_series(0.5 * part - 2.0, I1E_SMALL) * part,
        lambda part: chebyshev_series(32.0 / part - 2.0, I1E_LARGE) / np.sqrt(part),
    )
    return np.where(x < 0, -result, result)


def _i1(x: Array) -> Array:
    return np.exp(np.abs(x)) * _i1e(x)


def _with_pole(result: Array, x: Array, pole: float) -> Array:
    """Put `pole` at 0 and nan below it."""
    return np.where(x == 0, pole, np.where(x < 0, np.nan, result))


def _k0_small(x: Array) -> Array:
    return chebyshev_series(x * x - 2.0, K0_SMALL) - np.log(0.5 * x) * _i0(x)


def _k1_small(x: Array) -> Array:
    return np.log(0.5 * x) * _i1(x) + chebyshev_series(x * x - 2.0, K1_SMALL) / x


def _k0e_large(x: Array) -> Array:
    return chebyshev_series(8.0 / x - 2.0, K0_LARGE) / np.sqrt(x)


def _k1e_large(x: Array) -> Array:
    return chebyshev_series(8.0 / x - 2.0, K1_LARGE) / np.sqrt(x)


def _k0(x: Array) -> Array:
    return _with_pole(piecewise(x, x <= 2.0, _k0_small, lambda part: np.exp(-part) * _k0e_large(part)), x, np.inf)


def _k1(x: Array) -> Array:
    return _with_pole(piecewise(x, x <= 2.0, _k1_small, lambda part: np.exp(-part) * _k1e_large(part)), x, np.inf)


def _k0e(x: Array) -> Array:
    return _with_pole(piecewise(x, x <= 2.0, lambda part: _k0_small(part) * np.exp(part), _k0e_large), x, np.inf)


def _k1e(x: Array) -> Array:
    return _with_pole(piecewise(x, x <= 2.0, lambda part: _k1_small(part) * np.exp(part), _k1e_large), x, np.inf)


def _large_0(x: Array) -> tuple[Array, Array, Array]:
    """Modulus times the cosine and sine coefficients, and the phase, of J0 and Y0 for x > 5."""
    z = 25.0 / (x * x)
    return rational(z, J0_PP, J0_PQ), 5.0 / x * rational(z, J0_QP, J0_QQ), x - 0.25 * math.pi


def _large_1(x: Array) -> tuple[Array, Array, Array]:
    """The same for J1 and Y1."""
    z = np.square(5.0 / x)
    return rational(z, J1_PP, J1_PQ), 5.0 / x * rational(z, J1_QP, J1_QQ), x - 0.75 * math.pi


def _j_large(p: Array, q: Array, phase: Array, x: Array) -> Array:
    return (p * np.cos(phase) - q * np.sin(phase)) * SQRT_2_OVER_PI / np.sqrt(x)


def _y_large(p: Array, q: Array, phase: Array, x: Array) -> Array:
    return (p * np.sin(phase) + q * np.cos(phase)) * SQRT_2_OVER_PI / np.sqrt(x)


def _j0_small(x: Array) -> Array:
    square = x * x
    series = (square - J0_ZEROS[0]) * (square - J0_ZEROS[1]) * rational(square, J0_RP, J0_RQ)
    return np.where(x < 1e-5, 1.0 - 0.25 * square, series)


def _j0(x: Array) -> Array:
    x = np.abs(x)
    return piecewise(x, x <= 5.0, _j0_small, lambda part: _j_large(*_large_0(part), part))


def _j1_small(x: Array) -> Array:
    square = x * x
    return rational(square, J1_RP, J1_RQ) * x * (square - J1_ZEROS[0]) * (square - J1_ZEROS[1])


def _j1(x: Array) -> Array:
    magnitude = np.abs(x)
    result = piecewise(magnitude, magnitude <= 5.0, _j1_small, lambda part: _j_large(*_large_1(part), part))
    return np.copysign(1.0, x) * result


def _y0_small(x: Array) -> Array:
    return rational(x * x, Y0_YP, Y0_YQ) + TWO_OVER_PI * np.log(x) * _j0(x)


def _y1_small(x: Array) -> Array:
    return x * rational(x * x, Y1_YP, Y1_YQ) + TWO_OVER_PI * (_j1(x) * np.log(x) - 1.0 / x)


def _y0(x: Array) -> Array:
    result = piecewise(x, x <= 5.0, _y0_small, lambda part: _y_large(*_large_0(part), part))
    return _with_pole(result, x, -np.inf)


def _y1(x: Array) -> Array:
    result = piecewise(x, x <= 5.0, _y1_small, lambda part: _y_large(*_large_1(part), part))
    return _with_pole(result, x, -np.inf)


def _spherical_j0(x: Array) -> Array:
    square = x * x
    series = np.full_like(x, 1 / 6227020800)
    for term in (-1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1.0):
        series = term + square * series
    result = np.where(np.abs(x) < 0.5, series, np.sin(x) / x)
    return np.where(np.isinf(x), 0.0, result)


def _airy_negative(x: Array) -> Array:
    """Ai for x < -2.09."""
    zeta = -2.0 * x * np.sqrt(-x) / 3.0
    z = 1.0 / zeta
    square = z * z
    phase = zeta + 0.25 * math.pi
    sine = np.sin(phase) * (1.0 + square * rational(square, AIRY_AFN, AIRY_AFD))
    cosine = np.cos(phase) * (z * rational(square, AIRY_AGN, AIRY_AGD))
    return INVERSE_SQRT_PI / np.sqrt(np.sqrt(-x)) * (sine - cosine)


def _airy_positive(x: Array) -> Array:
    """Ai for x >= 2.09; it is 0 in float64 beyond 103.892."""
    zeta = 2.0 * x * np.sqrt(x) / 3.0
    inverse = 1.0 / zeta
    result = INVERSE_SQRT_PI * rational(inverse, AIRY_AN, AIRY_AD) / (2.0 * np.sqrt(np.sqrt(x)) * np.exp(zeta))
    return np.where(x > 103.892, 0.0, result)


def _airy_centre(x: Array) -> Array:
    """Ai between, by the Maclaurin series of its two parts."""
    f, g, k, m, n = np.ones_like(x), x.copy(), 1.0, np.ones_like(x), x.copy()
    cube = x * x * x
    for _ in range(20):
        m, n = m * cube / ((k + 1.0) * (k + 2.0)), n * cube / ((k + 2.0) * (k + 3.0))
        k += 3.0
        f, g = f + m, g + n
    return 0.355028053887817239260 * f - 0.258819403792806798405 * g


def _airy_ai(x: Array) -> Array:
    result = piecewise(
        x,
        np.abs(x) < 2.09,
        _airy_centre,
        lambda outer: piecewise(outer, outer > 0, _airy_positive, _airy_negative),
    )
    return np.where(np.isinf(x), np.nan, result)


def _function(kernel, name: str, text: str):
    def function(x: Array) -> Array:
        return evaluate(kernel, x)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = text
    return function


i0 = _function(_i0, "i0", "Return the modified Bessel function of the first kind, order 0.")
i0e = _function(_i0e, "i0e", "Return exp(-|x|) * i0(x).")
i1 = _function(_i1, "i1", "Return the modified Bessel function of the first kind, order 1.")
i1e = _function(_i1e, "i1e", "Return exp(-|x|) * i1(x).")
modified_bessel_i0 = i0
modified_bessel_i1 = i1
modified_bessel_k0 = _function(_k0, "modified_bessel_k0", "Return the modified Bessel function K0.")
modified_bessel_k1 = _function(_k1, "modified_bessel_k1", "Return the modified Bessel function K1.")
scaled_modified_bessel_k0 = _function(_k0e, "scaled_modified_bessel_k0", "Return exp(x) * modified_bessel_k0(x).")
scaled_modified_bessel_k1 = _function(_k1e, "scaled_modified_bessel_k1", "Return exp(x) * modified_bessel_k1(x).")
bessel_j0 = _function(_j0, "bessel_j0", "Return the Bessel function of the first kind, order 0.")
bessel_j1 = _function(_j1, "bessel_j1", "Return the Bessel function of the first kind, order 1.")
bessel_y0 = _function(_y0, "bessel_y0", "Return the Bessel function of the second kind, order 0; nan below 0.")
bessel_y1 = _function(_y1, "bessel_y1", "Return the Bessel function of the second kind, order 1; nan below 0.")
spherical_bessel_j0 = _function(_spherical_j0, "spherical_bessel_j0", "Return sin(x) / x, which is 1 at 0.")
airy_ai = _function(_airy_ai, "airy_ai", "Return the Airy function Ai; nan at both infinities.")

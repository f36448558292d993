"""The error function and its relatives: erf, erfc, erfcx, erfinv, ndtr, ndtri, log_ndtr.

Sources. erf, erfc and erfcx split the line as W. J. Cody does (Rational Chebyshev approximations for the error
function, Math. Comp. 23, 1969); the coefficients interpolate the functions at Chebyshev nodes and were computed with
60 digits. The inverse of the normal distribution is S. Moshier's (Cephes `ndtri`), and erfinv is the same formula at
y/2 and (1-|y|)/2, which are exact, followed in float64 by one Newton step.
"""

import math

import numpy as np

from .kernels_special_base import Array, constants, evaluate, piecewise, rational

# erf(x) / x - 1 in x*x for |x| <= 1, and erf(x) / x for float32 over the whole range where erf is not yet 1.
# erfcx(x) * (1 + x) in 1 / (1 + x) for x >= 0.5.
ERF_CENTRE_NUMERATOR = constants(
    -2.07802280765619e-05, -0.0004966403525373908, -0.008822336324816778, -0.048371274599796295,
    -0.3169891693395489, 0.1283791670955126,
)
ERF_CENTRE_DENOMINATOR = constants(
    2.0866484101019162e-05, 0.0006937362332349159, 0.010705251871973175, 0.0938746087651241,
    0.46064498648983654, 1.0,
)
ERF_FLOAT32_NUMERATOR = constants(
    3.149158293591423e-09, 1.0055121881021336e-06, 3.417805010313083e-05, 0.0006270967686697526,
    0.006484092063483659, 0.06323409784049569, 0.23073879840351044, 1.1283791650777595,
)
ERF_FLOAT32_DENOMINATOR = constants(
    8.569237133075752e-08, 6.905155867660128e-06, 0.00015134748329078058, 0.002160014323698817,
    0.020877752962428053, 0.13531344175176063, 0.5378202164197716, 1.0,
)
ERFCX_TAIL_NUMERATOR = constants(
    -0.010170336364336445, 2336.4875484113536, 5235.978774654415, 6401.008864498,
    5377.3914694175355, 3365.836925558683, 1621.9975306871056, 608.9509495325809,
    176.16866769473774, 38.598450986686444, 5.811492976732928, 0.5641895835477564,
)
ERFCX_TAIL_DENOMINATOR = constants(
    466.4350387775741, 2083.4101919412756, 4409.104205531046, 5861.982007751495,
    5462.979343877289, 3775.118133762179, 1984.910727121239, 806.4439098843703,
    249.48716193146143, 58.613369984180885, 9.30060310612078, 1.0,
)
NDTRI_P0 = constants(
    -59.96335010141079, 98.00107541859997, -56.67628574690703, 13.931260938727968,
    -1.2391658386738125,
)
NDTRI_Q0 = constants(
    1.0, 1.9544885833814176, 4.676279128988815, 86.36024213908905,
    -225.46268785411937, 200.26021238006066, -82.03722561683334, 15.90562251262117,
    -1.1833162112133,
)
NDTRI_P1 = constants(
    4.0554489230596245, 31.525109459989388, 57.16281922464213, 44.08050738932008,
    14.684956192885803, 2.1866330685079025, -0.1402560791713545, -0.03504246268278482,
    -0.0008574567851546854,
)
NDTRI_Q1 = constants(
    1.0, 15.779988325646675, 45.39076351288792, 41.3172038254672,
    15.04253856929075, 2.504649462083094, -0.14218292285478779, -0.03808064076915783,
    -0.0009332594808954574,
)
NDTRI_P2 = constants(
    3.2377489177694603, 6.915228890689842, 3.9388102529247444, 1.3330346081580755,
    0.20148538954917908, 0.012371663481782003, 0.00030158155350823543, 2.6580697468673755e-06,
    6.239745391849833e-09,
)
NDTRI_Q2 = constants(
    1.0, 6.02427039364742, 3.6798356385616087, 1.3770209948908132,
    0.21623699359449663, 0.013420400608854318, 0.00032801446468212774, 2.8924786474538068e-06,
    6.790194080099813e-09,
)

# Below this size a loop over the C library's function beats the fixed cost of two dozen NumPy calls.
SMALL = 64
SQRT_HALF = math.sqrt(0.5)
SQRT_2PI = math.sqrt(2 * math.pi)
INVERSE_SQRT_PI = 1 / math.sqrt(math.pi)
# exp(-2): within this distance of 0 and 1, ndtri is computed from the logarithm.
TAIL_PROBABILITY = 0.13533528323661269189


def _erf_centre(x: Array) -> Array:
    """erf for |x| <= 1. Adding x last keeps the rounding errors of the rational function small beside it."""
    result = rational(x * x, ERF_CENTRE_NUMERATOR, ERF_CENTRE_DENOMINATOR)
    result *= x
    result += x
    return result


def _erfc_centre(x: Array) -> Array:
    """1 - erf(x) for |x| <= 1, taking off x first, which is exact where it matters."""
    return (1.0 - x) - x * rational(x * x, ERF_CENTRE_NUMERATOR, ERF_CENTRE_DENOMINATOR)


def _erfcx_tail(x: Array) -> Array:
    """exp(x*x) * erfc(x) for x >= 0.5, infinity included."""
    inverse = 1.0 / (1.0 + x)
    result = rational(inverse, ERFCX_TAIL_NUMERATOR, ERFCX_TAIL_DENOMINATOR)
    result *= inverse
    return result


def _square_with_error(x: Array) -> tuple[Array, Array]:
    """Split x*x into a part that float64 holds exactly and a small rest, for exp(x*x) multiplies an error by x*x."""
    head = np.round(x * 16.0) / 16.0
    return head * head, (x - head) * (x + head)


def _erfc_tail(x: Array) -> Array:
    """erfc for x >= 0.5."""
    x = np.minimum(x, 28.0)  # erfc(27.3) is 0 already; this keeps infinity out of the split square
    square, rest = _square_with_error(x)
    result = np.exp(-square)
    result *= np.exp(-rest)
    result *= _erfcx_tail(x)
    return result


def _erf_outside(x: Array) -> Array:
    return np.copysign(1.0 - _erfc_tail(np.abs(x)), x)


def _erf(x: Array) -> Array:
    return piecewise(x, np.abs(x) <= 1.0, _erf_centre, _erf_outside)


def _erf_float32(x: Array) -> Array:
    """erf to float32's precision, in one rational function; it rounds to 1 beyond 3.92."""
    x = np.clip(x, -3.93, 3.93)
    result = rational(x * x, ERF_FLOAT32_NUMERATOR, ERF_FLOAT32_DENOMINATOR)
    result *= x
    return result


def _erfc_outside(x: Array) -> Array:
    tail = _erfc_tail(np.abs(x))
    return np.where(x < 0, 2.0 - tail, tail)


def _erfc(x: Array) -> Array:
    return piecewise(x, np.abs(x) <= 1.0, _erfc_centre, _erfc_outside)


def _erfcx_negative(x: Array) -> Array:
    square, rest = _square_with_error(x)
    result = np.exp(square) * np.exp(rest) * _erfc(x)
    return np.where(x < -26.7, np.inf, result)


def _erfcx(x: Array) -> Array:
    return piecewise(x, x >= 0.5, _erfcx_tail, _erfcx_negative)


def _normal_centre(y: Array) -> Array:
    """The normal quantile of 0.5 + y for |y| <= 0.365."""
    square = y * y
    return (y + y * (square * rational(square, NDTRI_P0, NDTRI_Q0))) * SQRT_2PI


def _normal_tail(p: Array) -> Array:
    """Minus the normal quantile of p for 0 <= p <= exp(-2)."""
    x = np.sqrt(-2.0 * np.log(p))
    first = x - np.log(x) / x
    z = 1.0 / x
    second = piecewise(z, x < 8.0, lambda t: rational(t, NDTRI_P1, NDTRI_Q1), lambda t: rational(t, NDTRI_P2, NDTRI_Q2))
    return np.where(p == 0, np.inf, first - z * second)


def _erfinv(y: Array) -> Array:
    magnitude = np.abs(y)
    result = piecewise(
        magnitude,
        magnitude <= 1 - 2 * TAIL_PROBABILITY,
        lambda part: _normal_centre(0.5 * part),
        lambda part: _normal_tail(0.5 * (1.0 - part)),
    )
    return np.copysign(SQRT_HALF * result, y)


def _erfinv_float64(y: Array) -> Array:
    """One Newton step on erf, or on erfc where y is near 1, removes the few ulp that the quantile formula leaves."""
    x = _erfinv(y)
    magnitude, complement = np.abs(x), 1.0 - np.abs(y)
    error = np.where(magnitude < 0.5, np.abs(y) - _erf(magnitude), _erfc(magnitude) - complement)
    step = error * np.exp(magnitude * magnitude) / (2 * INVERSE_SQRT_PI)
    return np.where(np.isfinite(step), np.copysign(magnitude + step, x), x)


def _ndtri(p: Array) -> Array:
    lower = p < 0.5
    tail = np.where(lower, p, 1.0 - p)
    return piecewise(
        p,
        tail > TAIL_PROBABILITY,
        lambda part: _normal_centre(part - 0.5),
        lambda part: np.where(part < 0.5, -1.0, 1.0) * _normal_tail(np.where(part < 0.5, part, 1.0 - part)),
    )


def _log_ndtr(x: Array) -> Array:
    t = x * SQRT_HALF
    return piecewise(
        t,
        x < -1.0,
        lambda part: np.log(_erfcx(-part) / 2) - part * part,
        lambda part: np.log1p(-_erfc(part) / 2),
    )


def _small(function, x: Array) -> Array:
    return np.array([function(value) for value in x.ravel().tolist()], dtype=x.dtype).reshape(x.shape)


def erf(x: Array) -> Array:
    """Return the error function, elementwise."""
    x = np.asarray(x)
    if x.size <= SMALL and x.dtype.itemsize > 2:
        return _small(math.erf, x)
    return evaluate(_erf if x.dtype.itemsize == 8 else _erf_float32, x)


def erfc(x: Array) -> Array:
    """Return 1 - erf(x) without cancellation."""
    x = np.asarray(x)
    if x.size <= SMALL and x.dtype.itemsize > 2:
        return _small(math.erfc, x)
    return evaluate(_erfc, x)


def erfcx(x: Array) -> Array:
    """Return exp(x*x) * erfc(x), which neither underflows for large x nor loses digits."""
    return evaluate(_erfcx, x)


def erfinv(x: Array) -> Array:
    """Return the inverse of erf; infinite at -1 and 1, nan beyond."""
    return evaluate(_erfinv_float64 if np.asarray(x).dtype.itemsize == 8 else _erfinv, x)


def ndtr(x: Array) -> Array:
    """Return the standard normal distribution function, as PyTorch does through erf: it is 0 from some -8.3 down.

    log_ndtr and erfc keep their digits there.
    """
    x = np.asarray(x)
    one, half = x.dtype.type(1), x.dtype.type(0.5)
    wide = x.astype(np.float32) if x.dtype.itemsize == 2 else x  # lest the constant be rounded to a half type
    scaled = np.asarray(wide * wide.dtype.type(SQRT_HALF)).astype(x.dtype, copy=False)
    return np.asarray((erf(scaled) + one) * half)


def ndtri(x: Array) -> Array:
    """Return the inverse of ndtr; infinite at 0 and 1, nan beyond."""
    return evaluate(_ndtri, x)


def log_ndtr(x: Array) -> Array:
    """Return the logarithm of ndtr(x), exact far into the lower tail."""
    return evaluate(_log_ndtr, x)

"""Sobol sequences."""


def plain_points(torch, log):
    engine = torch.quasirandom.SobolEngine(5)
    log(engine.draw(), engine.draw(3), engine.num_generated, engine.quasi, engine.draw(0).shape)
    log(engine.fast_forward(10).draw(2), repr(engine), engine.reset().draw(4), engine.sobolstate)
    log(torch.quasirandom.SobolEngine(3).draw(4, dtype=torch.float64), torch.quasirandom.SobolEngine(3).fast_forward(5).draw(2))
    out = torch.empty(0)
    log(torch.quasirandom.SobolEngine(2).draw(6, out=out) is out, out, out.stride())
    for dtype in (torch.bfloat16, torch.float16, torch.int64):
        log.error(lambda: torch.quasirandom.SobolEngine(2).draw(5, dtype=dtype))


def scrambled_points(torch, log):
    torch.manual_seed(3)
    engine = torch.quasirandom.SobolEngine(4, scramble=True)
    log(engine.draw(5), engine.shift, engine.sobolstate[:, ::7], repr(engine), torch.rand(2))
    engine = torch.quasirandom.SobolEngine(4, scramble=True, seed=7)
    log(engine.draw_base2(2), engine.draw_base2(2, dtype=torch.float64), repr(engine), torch.rand(2), engine.reset().draw())


def many_dimensions(torch, log):
    engine = torch.quasirandom.SobolEngine(1111)
    sums = engine.sobolstate.sum(0), (engine.sobolstate * torch.arange(1, 1112)[:, None]).sum(1)
    log(sums[0], sums[1][::37], engine.draw(200).double().mean(0)[::101])


def refusals_of_sobol(torch, log):
    for dimension in (0, 21202):
        log.error(lambda: torch.quasirandom.SobolEngine(dimension))
    engine = torch.quasirandom.SobolEngine(2)
    engine.draw(3)
    log.error(lambda: engine.draw_base2(2))

"""Grad modes belong to the task that sets them, which is finer than PyTorch's threads."""

import asyncio
import threading

import rushlight as torch


def test_a_mode_in_one_task_is_not_seen_by_another() -> None:
    seen: list[tuple[str, bool]] = []

    async def without() -> None:
        with torch.no_grad():
            await asyncio.sleep(0)
            seen.append(("without", torch.is_grad_enabled()))
            await asyncio.sleep(0)
        seen.append(("after", torch.is_grad_enabled()))

    async def beside() -> None:
        for _ in range(3):
            seen.append(("beside", torch.is_grad_enabled()))
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(without(), beside(), without())

    asyncio.run(both())
    assert set(seen) == {("without", False), ("after", True), ("beside", True)}
    assert torch.is_grad_enabled()


def test_an_abandoned_task_leaves_nothing() -> None:
    async def forever() -> None:
        with torch.inference_mode():
            await asyncio.sleep(100)

    async def cancel() -> None:
        task = asyncio.create_task(forever())
        await asyncio.sleep(0)
        task.cancel()
        assert torch.is_grad_enabled()
        assert not torch.is_inference_mode_enabled()

    asyncio.run(cancel())
    assert torch.is_grad_enabled()


def test_backward_in_threads_under_a_mode_of_the_main_thread() -> None:
    x = torch.ones(2, requires_grad=True)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(50):
                y = (x * x).exp()
                assert y.requires_grad
                torch.autograd.grad(y.sum(), x)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    with torch.no_grad():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures


def test_a_coroutine_function_is_only_called_in_its_decorator_s_mode() -> None:
    """As in PyTorch, where the block around the call has ended before the coroutine runs."""

    @torch.no_grad()
    async def quiet() -> bool:
        await asyncio.sleep(0)
        return torch.is_grad_enabled()

    async def both() -> tuple[bool, bool]:
        return await quiet(), torch.is_grad_enabled()

    assert asyncio.run(both()) == (True, True)

"""torch.fx: programs as graphs that are recorded by running them, changed, and written out as Python again."""

from __future__ import annotations

from rushlight.fx._symbolic_trace import (
    PH as PH,
    PHWithMeta as PHWithMeta,
    ProxyableClassMeta as ProxyableClassMeta,
    Tracer as Tracer,
    symbolic_trace as symbolic_trace,
    wrap as wrap,
)
from rushlight.fx.graph import CodeGen as CodeGen, Graph as Graph
from rushlight.fx.graph_module import GraphModule as GraphModule
from rushlight.fx.interpreter import Interpreter as Interpreter, Transformer as Transformer
from rushlight.fx.node import Node as Node, has_side_effect as has_side_effect, map_arg as map_arg
from rushlight.fx.proxy import Proxy as Proxy
from rushlight.fx.subgraph_rewriter import replace_pattern as replace_pattern

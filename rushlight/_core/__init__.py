"""The hot path and the semantics: tensors, nodes, operators, the engine. The only package that mypyc compiles."""

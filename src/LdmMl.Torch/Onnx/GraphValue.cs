namespace LdmMl.Torch.Onnx;

/// <summary>A tensor of a graph: an input, the result of a node, or a weight.</summary>
/// <param name="Name">Its name, unique in the graph.</param>
internal readonly record struct GraphValue(string Name);

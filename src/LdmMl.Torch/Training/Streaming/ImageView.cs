namespace LdmMl.Torch.Training.Streaming;

/// <summary>What a batch shows of an image.</summary>
/// <param name="Row">The image's place in its set.</param>
/// <param name="IsMirrored">Whether it is mirrored left to right.</param>
/// <param name="Left">The first column of the part that is shown.</param>
/// <param name="Top">The first row of that part.</param>
internal readonly record struct ImageView(long Row, bool IsMirrored = false, int Left = 0, int Top = 0);

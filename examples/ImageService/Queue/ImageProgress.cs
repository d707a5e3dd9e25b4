namespace ImageService.Queue;

/// <summary>How far an image is.</summary>
/// <param name="Step">The number of steps taken.</param>
/// <param name="Steps">The number of all steps.</param>
/// <param name="Preview">What the image looks like so far, as PNG; null if there is no preview of this step.</param>
internal sealed record ImageProgress(int Step, int Steps, byte[]? Preview);

namespace ImageService.Requests;

/// <summary>What must be the same for all images that are generated together.</summary>
internal sealed record ImageSettings(int Steps, int Width, int Height, double GuidanceScale);

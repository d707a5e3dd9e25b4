namespace ImageService;

/// <summary>The service is starting or stopping.</summary>
/// <param name="message">Which of the two, for the client.</param>
internal sealed class NotReadyException(string message) : Exception(message);

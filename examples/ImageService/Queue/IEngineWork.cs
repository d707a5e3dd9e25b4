namespace ImageService.Queue;

/// <summary>Work that computes itself.</summary>
internal interface IEngineWork
{
    void Compute();
}

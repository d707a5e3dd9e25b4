namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Text to image with whole models in diffusers' folders, or in one original file.</summary>
internal sealed class SdPipelinesRunner : IGoldenRunner
{
    public string Group => "sd-pipelines";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden) => new PipelineCase(golden).Check();
}

/// <summary>Text to image with SDXL.</summary>
internal sealed class SdxlRunner : IGoldenRunner
{
    public string Group => "sdxl";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden) => new PipelineCase(golden).Check();
}

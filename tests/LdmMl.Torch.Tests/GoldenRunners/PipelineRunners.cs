namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Whole models in diffusers' folders, or in one original file, from a text to an image.</summary>
internal sealed class SdPipelinesRunner : IGoldenRunner
{
    public string Group => "sd-pipelines";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden) => new PipelineCase(golden).Check();
}

/// <summary>SDXL from a text to an image.</summary>
internal sealed class SdxlRunner : IGoldenRunner
{
    public string Group => "sdxl";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden) => new PipelineCase(golden).Check();
}

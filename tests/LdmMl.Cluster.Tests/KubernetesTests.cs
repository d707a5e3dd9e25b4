using System.Globalization;
using k8s;
using k8s.Models;

namespace LdmMl.Cluster.Tests;

public sealed class KubernetesTests : IDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("ldmml-cluster-").FullName;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Theory]
    [InlineData("reconstruct.yaml")]
    [InlineData("merge.yaml")]
    public void Jobs_have_only_fields_that_Kubernetes_knows(string file)
    {
        var job = Read(file);

        Assert.Equal(("batch/v1", "Job"), (job.ApiVersion, job.Kind));
        Assert.Equal("Never", job.Spec.Template.Spec.RestartPolicy);
        var container = Assert.Single(job.Spec.Template.Spec.Containers);
        var volume = Assert.Single(job.Spec.Template.Spec.Volumes);
        Assert.Equal(volume.Name, Assert.Single(container.VolumeMounts).Name);
        Assert.Equal("ldmml-data", volume.PersistentVolumeClaim.ClaimName);
        Assert.Equal("ldmml", container.Image);
    }

    [Fact]
    public void A_field_that_Kubernetes_does_not_know_would_be_found() => Assert.ThrowsAny<Exception>(() =>
        KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Repository.Cluster, "merge.yaml")).Replace("backoffLimit", "backofLimit", StringComparison.Ordinal), strict: true));

    [Fact]
    public void Pods_know_how_many_they_are()
    {
        var job = Read("reconstruct.yaml");

        Assert.Equal("Indexed", job.Spec.CompletionMode);
        Assert.Equal(job.Spec.Completions, job.Spec.Parallelism);
        Assert.Equal($"{job.Spec.Completions}", Variables(job)["JOB_COMPLETIONS"]);
    }

    [Fact]
    public void Commands_of_the_containers_work_as_plain_processes()
    {
        var (parts, merge) = (Read("reconstruct.yaml"), Read("merge.yaml"));
        var images = Directory.CreateDirectory(Path.Combine(data, "images"));
        foreach (var image in Directory.EnumerateFiles(Path.Combine(Repository.Root, "examples", "data", "emoji"), "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(6))
            File.Copy(image, Path.Combine(images.FullName, Path.GetFileName(image)));

        for (var index = 0; index < parts.Spec.Completions; index++)
        {
            var variables = Variables(parts);
            variables["JOB_COMPLETION_INDEX"] = index.ToString(CultureInfo.InvariantCulture);
            Repository.Run(Repository.Tool, Arguments(parts), variables);
        }

        Repository.Run(Repository.Tool, Arguments(merge), Variables(merge));
        var whole = Path.Combine(data, "whole");
        Repository.Run(Repository.Tool,
            [.. Arguments(parts).TakeWhile(word => word != "--parts"), "--out", whole, "--json", Path.Combine(whole, "scores.json"), "--shard", "0/1"], Variables(parts));

        string[] Files(string folder) => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];
        Assert.Equal(Files(whole), Files(Path.Combine(data, "out")));
        Assert.All(Files(whole), file => Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(data, "out", file))));
    }

    [Fact]
    public void Paths_piped_to_the_program_for_Spark_come_back_with_the_scores_of_the_pipeline()
    {
        Directory.CreateSymbolicLink(Path.Combine(data, "examples"), Path.Combine(Repository.Root, "examples"));
        var average = double.Parse(
            Repository.Run(Repository.Program("examples/TenLines", "TenLines"), [], [], folder: data), CultureInfo.InvariantCulture);
        var model = Path.Combine(data, "model.zip");
        string[] paths = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "examples", "data", "emoji"), "*.png", SearchOption.AllDirectories)];

        var lines = Repository.Run(Repository.Program("examples/Cluster", "Cluster"), [model], [], string.Join('\n', paths) + "\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(paths, lines.Select(line => line.Split('\t')[0]));
        Assert.Equal(average, lines.Average(line => float.Parse(line.Split('\t')[1], CultureInfo.InvariantCulture)), tolerance: 1e-3);
    }

    private static V1Job Read(string file) => Assert.IsType<V1Job>(Assert.Single(
        KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Repository.Cluster, file)), strict: true)));

    private static Dictionary<string, string> Variables(V1Job job) =>
        (job.Spec.Template.Spec.Containers[0].Env ?? []).ToDictionary(variable => variable.Name, variable => variable.Value);

    private IEnumerable<string> Arguments(V1Job job)
    {
        var command = job.Spec.Template.Spec.Containers[0].Command;
        Assert.Equal("ldmml", command[0]);
        return command.Skip(1).Select(word => word.Replace("/data", data, StringComparison.Ordinal));
    }
}

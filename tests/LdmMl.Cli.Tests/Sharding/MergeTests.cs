using System.Diagnostics;

namespace LdmMl.Cli.Tests.Sharding;

public class MergeTests
{
    [Theory]
    [MemberData(nameof(ShardedJob.Commands), MemberType = typeof(ShardedJob))]
    public void Merged_parts_are_one_run_to_the_last_bit(string command)
    {
        using var job = new ShardedJob(command);
        var whole = job.Whole();
        foreach (var index in (int[])[2, 0, 1])
            Assert.Equal(0, job.Part(index, 3).ExitCode);

        var merged = job.Merge();

        Assert.Equal((whole.Run.ExitCode, whole.Run.Output), (merged.Run.ExitCode, merged.Run.Output));
        Assert.NotEmpty(whole.Results);
        Assert.Equal(whole.Results.Keys.Order(StringComparer.Ordinal), merged.Results.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, content) in whole.Results)
            Assert.True(content.AsSpan().SequenceEqual(merged.Results[name]), $"{name} differs:\n{Text(content)}\n{Text(merged.Results[name])}");
    }

    [Theory]
    [MemberData(nameof(ShardedJob.Commands), MemberType = typeof(ShardedJob))]
    public void More_parts_than_rows_and_a_single_part_give_the_same(string command)
    {
        using var job = new ShardedJob(command);
        Assert.Equal(0, job.Part(0, 1).ExitCode);
        var one = job.Merge();
        Directory.Delete(job.Parts, recursive: true);
        for (var index = 0; index < 17; index++)
            Assert.Equal(0, job.Part(index, 17).ExitCode);

        var many = job.Merge("--overwrite");

        Assert.Equal(one.Results.Keys.Order(StringComparer.Ordinal), many.Results.Keys.Order(StringComparer.Ordinal));
        Assert.All(one.Results, file => Assert.Equal(file.Value, many.Results[file.Key]));
    }

    [Theory]
    [MemberData(nameof(ShardedJob.Commands), MemberType = typeof(ShardedJob))]
    public void A_missing_a_doubled_and_a_damaged_part_are_named(string command)
    {
        using var job = new ShardedJob(command);
        job.Part(0, 3);
        job.Part(2, 3);
        Assert.Contains($"The folder '{job.Parts}' lacks part 1/3; run it with --shard first.", Refused(job), StringComparison.Ordinal);

        job.Part(1, 3);
        var (part, copy) = (Path.Combine(job.Parts, "part-1-of-3.zip"), Path.Combine(job.Parts, "part-1-of-3 (1).zip"));
        File.Copy(part, copy);
        Assert.Contains($"'{copy}' and '{part}' are both part 1/3; delete one of them.", Refused(job), StringComparison.Ordinal);

        File.Delete(copy);
        var bytes = File.ReadAllBytes(part);
        for (var at = 40; at < bytes.Length; at += Math.Max(1, bytes.Length / 23))
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 0x10;
            File.WriteAllBytes(part, changed);
            var errors = Refused(job);
            Assert.Contains($"'{part}' is no complete part: ", errors, StringComparison.Ordinal);
            Assert.Contains("Delete it, and run its shard again.", errors, StringComparison.Ordinal);
        }

        File.WriteAllBytes(part, bytes[..(bytes.Length / 2)]);
        Assert.Contains($"'{part}' is no complete part: ", Refused(job), StringComparison.Ordinal);
        Assert.Equal(2, job.Part(1, 3).ExitCode);                   // it would keep a damaged part otherwise
    }

    [Theory]
    [InlineData("reconstruct", "--size", "16", "--size is 16 in it and not given in ")]
    [InlineData("compare", "--size", "16", "--size is 16 in it and not given in ")]
    [InlineData("encode", "--convolutions", "direct", "--convolutions is direct in it and auto in ")]
    [InlineData("score", "--convolutions", "exact", "--convolutions is exact in it and auto in ")]
    [InlineData("evaluate", "--seed", "7", "--seed is 7 in it and 5 in ")]
    public void A_part_of_a_job_with_other_options_is_named(string command, string option, string value, string difference)
    {
        using var job = new ShardedJob(command);
        job.Part(0, 2);
        string[] more = command == "evaluate" ? [] : [option, value];
        Assert.Equal(0, (command == "evaluate" ? ToolRun.Start(Replaced(job.PartOf(1, 2), option, value)) : job.Part(1, 2, more)).ExitCode);

        var errors = Refused(job);

        Assert.Contains($"'{Path.Combine(job.Parts, "part-1-of-2.zip")}' is a part of another job than ", errors, StringComparison.Ordinal);
        Assert.Contains(difference, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_of_other_images_of_another_command_and_of_another_number_of_parts_are_named()
    {
        using var job = new ShardedJob("reconstruct");
        job.Part(0, 2);
        job.AddImage("new.png", alpha: 255);
        job.Part(1, 2);
        var images = Refused(job);
        Assert.Contains("images of --images is 10 images, ", images, StringComparison.Ordinal);
        Assert.Contains(" in it and 9 images, ", images, StringComparison.Ordinal);

        job.Part(2, 3);
        File.Delete(Path.Combine(job.Parts, "part-1-of-2.zip"));
        Assert.Contains("there are 3 parts in it and 2 in ", Refused(job), StringComparison.Ordinal);

        File.Delete(Path.Combine(job.Parts, "part-2-of-3.zip"));
        using var other = new ShardedJob("score");
        other.Part(1, 2);
        File.Copy(Path.Combine(other.Parts, "part-1-of-2.zip"), Path.Combine(job.Parts, "part-1-of-2.zip"));
        Assert.Contains("the command is score in it and reconstruct in ", Refused(job), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_exists_is_kept_if_it_is_of_the_same_job()
    {
        using var job = new ShardedJob("score");
        job.Part(0, 2);
        var part = Path.Combine(job.Parts, "part-0-of-2.zip");
        File.SetLastWriteTimeUtc(part, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var again = job.Part(0, 2);
        var other = job.Part(0, 2, "--convolutions", "direct");

        Assert.Contains($"shard 0/2: 3 of 5 rows; '{part}' exists already and is kept", again.Output, StringComparison.Ordinal);
        Assert.Equal((0, 2), (again.ExitCode, other.ExitCode));
        Assert.Contains($"'{part}' is a part of another job than this one: --convolutions is auto in it and direct in this one.", other.Errors, StringComparison.Ordinal);
        Assert.Equal(2020, File.GetLastWriteTimeUtc(part).Year);
    }

    [Fact]
    public void A_part_is_the_same_file_whoever_writes_it()
    {
        using var job = new ShardedJob("reconstruct");
        job.Part(0, 2);
        var part = Path.Combine(job.Parts, "part-0-of-2.zip");
        var first = File.ReadAllBytes(part);
        File.Delete(part);
        ToolRun.Start(Replaced(job.PartOf(0, 2), "--batch", "5"));

        Assert.Equal(first, File.ReadAllBytes(part));
    }

    [Fact]
    public void A_killed_machine_leaves_no_part_and_the_same_command_makes_it()
    {
        using var job = new ShardedJob("reconstruct");
        for (var index = 0; index < 60; index++)
            job.AddImage($"more{index}.png", alpha: 255);
        using (var process = ToolRun.Begin(job.PartOf(0, 2)))
        {
            var watch = Stopwatch.StartNew();
            while (!(Directory.Exists(job.Parts) && Directory.EnumerateFiles(job.Parts, ".ldmml-*").Any()) && watch.Elapsed < TimeSpan.FromMinutes(1))
                Thread.Sleep(1);
            process.Kill();
            process.WaitForExit();
        }

        Assert.Empty(Directory.EnumerateFiles(job.Parts, "part-*"));
        Assert.NotEmpty(Directory.EnumerateFiles(job.Parts, ".ldmml-*"));
        Assert.Equal((0, 0), (job.Part(0, 2).ExitCode, job.Part(1, 2).ExitCode));
        Assert.Equal(0, job.Merge().Run.ExitCode);
    }

    [Fact]
    public void A_name_that_leads_out_of_the_folder_is_refused()
    {
        using var job = new ShardedJob("reconstruct");
        job.Part(0, 1);
        var part = Path.Combine(job.Parts, "part-0-of-1.zip");
        ForgedPart.Rename(part, "image0.png", "../../stray.png");

        var errors = Refused(job);

        Assert.Contains("A part names an image '../../stray.png', which would lie outside '", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(job.Parts)!, "stray.png")));
    }

    [Fact]
    public void Options_that_do_not_go_together_are_refused_with_what_to_do()
    {
        using var job = new ShardedJob("score");
        string[] inputs = ["score", "--reference", job.Images, "--candidate", job.Images];

        Assert.Contains("--shard is 0/2, so --parts must name the folder of the parts, which 'ldmml merge' joins; --shard 0/1 does all.",
            ToolRun.Start([.. inputs, "--shard", "0/2"]).Errors, StringComparison.Ordinal);
        Assert.Contains("--parts is given, but not which part: give --shard i/n too, such as --shard 0/4.",
            ToolRun.Start([.. inputs, "--parts", job.Parts]).Errors, StringComparison.Ordinal);
        Assert.Contains("--json and --parts are both given, but a part has no results yet; give --json to 'ldmml merge'.",
            job.Part(0, 2, "--json", "figures.json").Errors, StringComparison.Ordinal);
        Assert.Contains("--shard is 2/2; shards are counted from 0, so of 2 the last is 1/2.", job.Part(2, 2).Errors, StringComparison.Ordinal);
        Assert.Contains("Option '--out' is required, unless --parts is given.",
            ToolRun.Start("reconstruct", "--model", "model", "--images", job.Images).Errors, StringComparison.Ordinal);
        Assert.Contains("contains no part, which is called 'part-0-of-4.zip' or similar.", ToolRun.Start("merge", job.Images).Errors, StringComparison.Ordinal);
        Assert.Contains("There is no folder '/no/such'.", ToolRun.Start("merge", "/no/such").Errors, StringComparison.Ordinal);
        job.Part(0, 1);
        Assert.Contains("--out is 'x', but these are parts of 'ldmml score', which writes no such file; leave it out.",
            ToolRun.Start("merge", job.Parts, "--out", "x").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_machine_that_started_the_tool_says_which_part_it_is()
    {
        using var job = new ShardedJob("score");
        string[] inputs = ["score", "--reference", job.Images, "--candidate", job.Images];
        var environment = new Dictionary<string, string?> { ["OMPI_COMM_WORLD_RANK"] = "1", ["OMPI_COMM_WORLD_SIZE"] = "3" };

        var part = ToolRun.StartIn(environment, [.. inputs, "--parts", job.Parts]);
        var without = ToolRun.StartIn(environment, inputs);

        Assert.Equal((0, 2), (part.ExitCode, without.ExitCode));
        Assert.True(File.Exists(Path.Combine(job.Parts, "part-1-of-3.zip")));
        Assert.Contains("OMPI_COMM_WORLD_RANK and OMPI_COMM_WORLD_SIZE say that this is shard 1/3, so --parts must name", without.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_files_are_skipped_in_parts_as_in_one_run()
    {
        using var job = new ShardedJob("evaluate");
        File.WriteAllText(Path.Combine(job.Images, "image3.png"), "no image");
        var whole = job.Whole("--skip-broken");
        job.Part(0, 2, "--skip-broken");
        job.Part(1, 2, "--skip-broken");

        var merged = job.Merge();

        Assert.Equal(whole.Results["figures.json"], merged.Results["figures.json"]);
        Assert.Contains("\"real\": 1", System.Text.Encoding.UTF8.GetString(merged.Results["figures.json"]), StringComparison.Ordinal);
    }

    private static string Refused(ShardedJob job)
    {
        var merged = job.Merge("--overwrite");
        Assert.Equal(2, merged.Run.ExitCode);
        return merged.Run.Errors;
    }

    private static string[] Replaced(string[] words, string option, string value)
    {
        words[Array.IndexOf(words, option) + 1] = value;
        return words;
    }

    private static string Text(byte[] content) => content.Length < 100_000 ? System.Text.Encoding.UTF8.GetString(content) : $"{content.Length} bytes";
}

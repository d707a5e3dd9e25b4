using LdmMl.Cli.Generating;

namespace LdmMl.Cli.Tests.Generating;

public sealed class PromptFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_text_file_has_one_prompt_per_line() =>
        Assert.Equal([new("a cat"), new("a dog, wet")], Read("prompts.txt", "a cat\n\n  a dog, wet \n"));

    [Fact]
    public void A_CSV_names_its_columns() => Assert.Equal(
        [new("a cat, \"red\"", null, 7), new("a dog", "blurry")], Read("prompts.csv", "Prompt,seed,negative\n\"a cat, \"\"red\"\"\",7,\na dog,,blurry\n"));

    [Theory]
    [InlineData("prompt,seed\n\"a cat,\non a \"\"red\"\" mat\",7\na dog,8\n")]
    [InlineData("prompt,seed\r\n\"a cat,\non a \"\"red\"\" mat\",7\r\na dog,8")]
    public void A_quoted_cell_holds_line_breaks(string content) =>
        Assert.Equal([new("a cat,\non a \"red\" mat", null, 7), new("a dog", null, 8)], Read("prompts.csv", content));

    [Fact]
    public void A_quote_inside_a_cell_that_begins_without_one_is_an_ordinary_character() =>
        Assert.Equal([new("a \"small\" cat")], Read("prompts.csv", "prompt\na \"small\" cat\n"));

    [Fact]
    public void JSON_lines_have_one_object_each() => Assert.Equal(
        [new("a cat", "text", -3), new("a dog")], Read("prompts.jsonl", """{"prompt":"a cat","negative":"text","seed":-3}""" + "\n" + """{"prompt":"a dog"}"""));

    [Theory]
    [InlineData("a.csv", "prompt\na, b\n", "line 2: it has 2 cells, and the first line names 1; put a text with commas into quotes.")]
    [InlineData("a.csv", "prompt,size\na,3\n", "line 2: it has 'size'; the names are prompt, negative, seed, prompt_2, negative_2.")]
    [InlineData("a.csv", "negative\na\n", "line 2: it has no 'prompt'.")]
    [InlineData("a.csv", "prompt,seed\na,x\n", "line 2: its seed is 'x', which is not a whole number.")]
    [InlineData("a.csv", "prompt,seed\n\"a\nb\",1\nc,x\n", "line 4: its seed is 'x', which is not a whole number.")]
    [InlineData("a.csv", "prompt\na\n\"b\nc\n", "line 3: a quote begins a cell there, and none ends it.")]
    [InlineData("a.csv", "prompt\n\"a\"b\n", "line 2: after the quote that ends a cell comes 'b'; double quotes inside a quoted cell.")]
    [InlineData("a.jsonl", "[1]", "line 1: it is not a JSON object with a prompt.")]
    [InlineData("a.jsonl", "{", "line 1: it is not JSON: ")]
    [InlineData("a.txt", "\n", "contains no prompts; write one per line.")]
    public void An_invalid_prompt_is_refused_with_its_line(string name, string content, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(name, content));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<PlannedPrompt> Read(string name, string content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, content);
        return PromptFile.Read(path);
    }
}

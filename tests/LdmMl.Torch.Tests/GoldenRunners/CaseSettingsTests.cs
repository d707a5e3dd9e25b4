using System.Text.Json.Nodes;

namespace LdmMl.Torch.Tests.GoldenRunners;

public class CaseSettingsTests
{
    [Fact]
    public void Unread_keys_are_listed_by_path()
    {
        var settings = Of("""{ "a": 1, "b": { "c": 2, "d": 3 }, "e": [ { "f": 4, "g": 5 } ], "h": null }""");
        settings.Int("a");
        settings.Object("b").Int("c");
        settings.Objects("e")[0].Int("f");

        Assert.Equal(["h", "b.d", "e[0].g"], settings.Unread());
    }

    [Fact]
    public void An_unread_object_is_one_unread_key() => Assert.Equal(["a"], Of("""{ "a": { "b": 1 } }""").Unread());

    [Fact]
    public void Checking_whether_a_key_exists_does_not_read_it()
    {
        var settings = Of("""{ "a": 1, "b": null }""");

        Assert.True(settings.Has("a"));
        Assert.False(settings.Has("b"));
        Assert.Equal(["a", "b"], settings.Unread());
    }

    [Fact]
    public void Null_and_absent_keys_have_the_fallback()
    {
        var settings = Of("""{ "a": null }""");

        Assert.Equal(3, settings.Int("a", 3));
        Assert.Equal(0.5, settings.Number("b", 0.5));
        Assert.Null(settings.OptionalInt("a"));
        Assert.Empty(settings.ObjectOrEmpty("a").Keys);
        Assert.Empty(settings.Unread());
    }

    [Fact]
    public void A_key_with_one_supported_value_refuses_every_other_by_name()
    {
        var settings = Of("""{ "params": { "dims": 3 } }""").Object("params");

        Assert.Equal("Unsupported: params.dims = 3; this library has 2 only.", Assert.Throws<NotSupportedException>(() => settings.Expect("dims", 2)).Message);
    }

    [Fact]
    public void A_choice_refuses_what_is_not_in_its_list()
    {
        var settings = Of("""{ "net": "resnet" }""");
        var error = Assert.Throws<NotSupportedException>(() => settings.Choice("net", "vgg", ("vgg", 1), ("alex", 2)));

        Assert.Equal("Unsupported: net = \"resnet\"; this library has 'vgg', 'alex'.", error.Message);
    }

    [Fact]
    public void A_value_of_the_wrong_type_is_refused_by_name() => Assert.Equal(
        "Unsupported: steps = \"ten\"; a value of type Int32 is needed.", Assert.Throws<NotSupportedException>(() => Of("""{ "steps": "ten" }""").Int("steps")).Message);

    [Fact]
    public void A_missing_required_key_is_named() => Assert.Equal(
        "config.json has no params, which the runner needs.", Assert.Throws<InvalidDataException>(() => Of("{}").Object("params")).Message);

    private static CaseSettings Of(string json) => new(JsonNode.Parse(json)!.AsObject());
}

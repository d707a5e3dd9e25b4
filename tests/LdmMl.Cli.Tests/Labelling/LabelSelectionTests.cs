using LdmMl.Cli.Labelling;
using LdmMl.Files;

namespace LdmMl.Cli.Tests.Labelling;

public class LabelSelectionTests
{
    private readonly LabelledFiles files = new(["a.png", "b.png", "c.png", "d.png"], ["owl", "cat", "ant", "cat"]);

    [Fact]
    public void Labels_are_chosen_in_any_case() => Assert.Equal(["a.png", "b.png", "d.png"], files.Only(["Owl", "CAT"]).Paths);

    [Fact]
    public void All_labels_count_if_none_is_named() => Assert.Same(files, files.Only([]));

    [Fact]
    public void A_label_that_no_image_has_is_refused_with_a_list_of_those_in_use() => Assert.Equal(
        "--only is 'cot', which no image has; the labels are 'ant', 'cat', 'owl'. Did you mean 'cat'?",
        Assert.Throws<InvalidDataException>(() => files.Only(["cot"])).Message);
}

using CsCheck;
using LdmMl.Torch.Native;

namespace LdmMl.Torch.Tests.Native;

public class ElfVersionNeedsTests
{
    [Fact]
    public void Text_is_not_accepted_as_a_library()
    {
        var error = Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.MarkWeak(new byte[100], "GLIBCXX_3.4.32"));

        Assert.Equal("the file is not a 64-bit little-endian ELF library.", error.Message);
    }

    [Fact]
    public void A_version_that_is_not_needed_is_reported()
    {
        var library = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));

        var error = Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.MarkWeak(library, "GLIBCXX_9.9"));

        Assert.Equal("it does not need GLIBCXX_9.9, so the reason is a different one.", error.Message);
    }

    [Fact]
    public void A_truncated_library_is_refused_and_never_read_beyond_its_end()
    {
        var library = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));

        Gen.Int[0, library.Length - 1].Sample(length =>
            Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.MarkWeak(library.AsSpan(0, length).ToArray(), "GLIBCXX_3.4.32")), iter: 20);
    }
}

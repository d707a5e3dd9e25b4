using LdmMl.Torch.Native;

namespace LdmMl.Torch.Tests.Native;

public class CacheFoldersTests
{
    [Fact]
    public void The_librarys_variable_takes_precedence_over_the_systems()
    {
        var folders = CacheFolders.Candidates("weights", name => $"/{name}").ToArray();

        Assert.Equal(Path.Combine("/LDMML_CACHE", "weights"), folders[0]);
        Assert.Equal(Path.Combine("/XDG_CACHE_HOME", "ldmml", "weights"), folders[1]);
        Assert.Contains(Path.Combine("/HOME", ".cache", "ldmml", "weights"), folders);
    }

    [Fact]
    public void Without_a_home_the_folder_has_the_users_name()
    {
        var folders = CacheFolders.Candidates("native", _ => null);

        Assert.Equal(Path.Combine(Path.GetTempPath(), $"ldmml-{Environment.UserName}", "native"), folders.Last());
    }
}

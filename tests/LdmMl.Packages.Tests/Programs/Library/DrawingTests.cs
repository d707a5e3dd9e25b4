using Pictures;
using Xunit;

public class DrawingTests
{
    [Fact]
    public void A_library_draws()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Drawing.Draw(file);
        Drawing.Open(file);
        File.Delete(file);
    }
}

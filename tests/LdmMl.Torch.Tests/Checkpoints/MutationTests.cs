using System.IO.Compression;
using LdmMl.Torch.Checkpoints;

namespace LdmMl.Torch.Tests.Checkpoints;

/// <summary>Files with flipped, removed and inserted bytes either load or are refused; no other exception occurs.</summary>
public sealed class MutationTests : IDisposable
{
    private const int Mutations = 120;

    private static readonly string Good =
        Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "checkpoints", "odd_and_hostile", "good");

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> GoodFiles() => [.. Names()];

    public static TheoryData<string> GoodZipFiles() => [.. Names().Where(name => name.EndsWith("zip.pt", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(GoodFiles))]
    public void A_changed_file_loads_or_is_refused(string name)
    {
        var good = ReadGood(name);
        Try(name, random => Change(random, good));
    }

    // The checksum of a zip member would catch every change first, so the pickle is changed before it is packed.
    [Theory]
    [MemberData(nameof(GoodZipFiles))]
    public void A_changed_pickle_loads_or_is_refused(string name)
    {
        var members = ZipFixture.Unpack(ReadGood(name));
        Try(name, random => ZipFixture.Pack(CompressionLevel.NoCompression, members.Select(member =>
            member.Name.EndsWith("data.pkl", StringComparison.Ordinal) ? (member.Name, Change(random, member.Content)) : member)));
    }

    public void Dispose() => folder.Dispose();

    private void Try(string name, Func<Random, byte[]> change)
    {
        for (var seed = 0; seed < Mutations; seed++)
        {
            var path = folder.Write(name, change(new Random(seed)));
            var error = Record.Exception(() => StateDictionary.Read(path).Dispose());
            Assert.True(error is null or CheckpointException, $"seed {seed}: {error}");
        }
    }

    private static IEnumerable<string> Names() => Directory.EnumerateFiles(Good).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private static byte[] ReadGood(string name) => File.ReadAllBytes(Path.Combine(Good, name));

    private static byte[] Change(Random random, byte[] good)
    {
        var bytes = good.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                case 3: bytes.RemoveAt(at); break;
                case 4 when random.Next(4) == 0: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }
        return [.. bytes];
    }
}

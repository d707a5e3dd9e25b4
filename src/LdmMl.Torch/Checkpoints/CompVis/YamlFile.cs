using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace LdmMl.Torch.Checkpoints.CompVis;

/// <summary>Opens YAML files as plain trees. Tags are ignored: no type is ever made from a file.</summary>
internal static class YamlFile
{
    private const long LargestFile = 1 << 20;   // bytes; published ones have some kilobytes
    private const int DeepestNesting = 64;

    /// <summary>Reads the mapping at the root of a file.</summary>
    /// <exception cref="InvalidDataException">It is no such YAML.</exception>
    public static YamlMap Read(string path)
    {
        if (new FileInfo(path).Length > LargestFile)
            throw new InvalidDataException($"it has more than {LargestFile} bytes: no configuration.");
        return Parse(File.ReadAllText(path));
    }

    internal static YamlMap Parse(string text)
    {
        try
        {
            CheckNesting(text);
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents is [{ RootNode: YamlMappingNode root }, ..]
                ? new YamlMap(root, "")
                : throw new InvalidDataException("its root is no mapping.");
        }
        catch (YamlException error)
        {
            throw new InvalidDataException($"it is not valid YAML: line {error.Start.Line}: {error.Message}", error);
        }
    }

    // The tree is built by recursion, so its depth must be known first; the events come without recursion.
    private static void CheckNesting(string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DeepestNesting)
                throw new InvalidDataException($"it is nested deeper than {DeepestNesting}.");
            if (parser.Current is AnchorAlias)
                throw new InvalidDataException("it refers to anchors, which are not supported.");
        }
    }
}

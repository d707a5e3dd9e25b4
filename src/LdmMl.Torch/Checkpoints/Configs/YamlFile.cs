using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace LdmMl.Torch.Checkpoints.Configs;

/// <summary>Reads YAML files as plain trees. Tags are ignored: a file never creates an object of its choice.</summary>
internal static class YamlFile
{
    private const long LargestFile = 1 << 20;   // bytes; published ones have some kilobytes
    private const int DeepestNesting = 64;

    /// <summary>Reads the mapping at the root of a file.</summary>
    /// <exception cref="InvalidDataException">It is not valid YAML with a mapping at its root.</exception>
    public static ConfigMap Read(string path)
    {
        if (new FileInfo(path).Length > LargestFile)
            throw new InvalidDataException($"it has more than {LargestFile} bytes, so it is not a configuration.");
        return Parse(File.ReadAllText(path));
    }

    internal static ConfigMap Parse(string text)
    {
        try
        {
            CheckNesting(text);
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents is [{ RootNode: YamlMappingNode root }, ..]
                ? new ConfigMap(Map(root))
                : throw new InvalidDataException("its root is not a mapping.");
        }
        catch (YamlException error)
        {
            throw new InvalidDataException($"it is not valid YAML: line {error.Start.Line}: {error.Message}", error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            // Thrown by the scanner where a flow mapping has no beginning, and by the parser where a tag is no address.
            throw new InvalidDataException($"it is not valid YAML: {error.Message}", error);
        }
    }

    // The tree is built by recursion, so its depth is checked first; events are read without recursion.
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

    private static JsonObject Map(YamlMappingNode node)
    {
        var map = new JsonObject();
        foreach (var (key, value) in node.Children)
            map[(key as YamlScalarNode)?.Value ?? throw new InvalidDataException("it has a key that is not a string.")] = Node(value);
        return map;
    }

    private static JsonNode? Node(YamlNode node) => node switch
    {
        YamlMappingNode map => Map(map),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Node)]),
        YamlScalarNode scalar => Scalar(scalar.Value ?? "", scalar.Style == ScalarStyle.Plain),
        _ => null,
    };

    private static JsonNode? Scalar(string text, bool isPlain)
    {
        if (!isPlain)
            return text;
        if (text is "" or "~" or "null" or "Null" or "NULL" or "None")
            return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            return integer;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return number;
        return text.ToUpperInvariant() switch
        {
            "TRUE" or "YES" or "ON" => true,
            "FALSE" or "NO" or "OFF" => false,
            _ => text,
        };
    }
}

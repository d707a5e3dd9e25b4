using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace LdmMl.Torch.Tests.Native.Platforms;

/// <summary>The native functions that a .NET assembly declares.</summary>
internal static class ManagedImports
{
    /// <summary>Lists library, function and the method that declares it.</summary>
    public static IReadOnlyList<(string Library, string Function, string Method)> Of(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        var imports = new List<(string, string, string)>();
        foreach (var method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition))
        {
            if (!method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
                continue;
            var import = method.GetImport();
            var type = metadata.GetTypeDefinition(method.GetDeclaringType());
            imports.Add((
                metadata.GetString(metadata.GetModuleReference(import.Module).Name), metadata.GetString(import.Name),
                $"{metadata.GetString(type.Name)}.{metadata.GetString(method.Name)}"));
        }

        return imports;
    }
}

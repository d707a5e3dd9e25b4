using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl.Tests.Internals;

/// <summary>
/// LdmMl uses internals of ML.NET, which a later version may remove without notice. If one of these tests fails after an update of Microsoft.ML, its
/// message names the missing member; src/LdmMl/Internals shows what it was used for.
/// </summary>
public class MlNetMembersTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;

    [Fact]
    public void Every_member_of_ML_NET_that_is_used_exists()
    {
        using var file = File.OpenRead(typeof(LdmMlCatalog).Assembly.Location);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        string[] missing = [.. metadata.MemberReferences.Select(metadata.GetMemberReference).Select(member => Missing(metadata, member)).OfType<string>().Distinct()];
        Assert.True(missing.Length == 0, $"{Version} lacks {string.Join(", ", missing)}, which LdmMl uses.");
        Assert.Contains(metadata.MemberReferences.Select(metadata.GetMemberReference), member => metadata.GetString(member.Name) == "SaveNonEmptyString");
    }

    [Fact]
    public void An_image_is_created_around_a_bitmap_that_can_be_read_back()
    {
        Assert.True(typeof(MLImage).GetConstructor(All, [typeof(SKBitmap)]) is not null, $"{Version}: MLImage has no constructor that takes an SKBitmap.");
        Assert.True(
            typeof(MLImage).GetField("_image", All)?.FieldType == typeof(SKBitmap), $"{Version}: MLImage has no field '_image' of type SKBitmap.");
    }

    private static string Version => $"Microsoft.ML {typeof(MLContext).Assembly.GetName().Version}";

    private static string? Missing(MetadataReader metadata, MemberReference member)
    {
        if (member.Parent.Kind != HandleKind.TypeReference || FullName(metadata, (TypeReferenceHandle)member.Parent) is not var (assembly, name))
            return null;
        var memberName = metadata.GetString(member.Name);
        var type = Assembly.Load(assembly).GetType(name);
        if (type is null)
            return name;
        return type.GetMember(memberName, All).Length > 0 || type.GetInterfaces().Any(parent => parent.GetMember(memberName, All).Length > 0)
            ? null
            : $"{name}.{memberName}";
    }

    /// <summary>Returns assembly and name of a type of ML.NET; null for any other.</summary>
    private static (string Assembly, string Name)? FullName(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
            return FullName(metadata, (TypeReferenceHandle)type.ResolutionScope) is var (assembly, outer) ? (assembly, $"{outer}+{name}") : null;
        if (type.ResolutionScope.Kind != HandleKind.AssemblyReference)
            return null;
        var source = metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name);
        return source.StartsWith("Microsoft.ML", StringComparison.Ordinal) ? (source, $"{metadata.GetString(type.Namespace)}.{name}") : null;
    }
}

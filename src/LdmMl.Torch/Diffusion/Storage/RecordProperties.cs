using System.Reflection;

namespace LdmMl.Torch.Diffusion.Storage;

/// <summary>Records of plain values: their properties, and copies in which some differ.</summary>
internal static class RecordProperties
{
    private const string CloneMethod = "<Clone>$";
    private const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Gets the properties that can be set, base types first.</summary>
    public static IEnumerable<PropertyInfo> Of(Type record) => record.GetProperties(Everything).Where(property => property.CanWrite);

    /// <summary>Determines whether values of a type are records.</summary>
    public static bool IsRecord(Type type) => type.IsClass && type.GetMethod(CloneMethod) is not null;

    /// <summary>Copies a record.</summary>
    public static T Copy<T>(T record)
        where T : class => (T)record.GetType().GetMethod(CloneMethod)!.Invoke(record, null)!;

    /// <summary>Copies a record, with another value of one property.</summary>
    public static T With<T>(T record, PropertyInfo property, object? value)
        where T : class
    {
        var copy = Copy(record);
        property.SetValue(copy, value);
        return copy;
    }
}

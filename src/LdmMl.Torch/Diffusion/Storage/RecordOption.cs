using System.Globalization;
using System.Reflection;
using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Diffusion.Storage;

/// <summary>One option of a record, or of a nested record (<c>Churn.Amount</c>), listed and set by name.</summary>
internal sealed class RecordOption
{
    private const string Nothing = "none";

    private readonly PropertyInfo? outer;
    private readonly PropertyInfo property;

    private RecordOption(PropertyInfo? outer, PropertyInfo property) => (this.outer, this.property) = (outer, property);

    /// <summary>Gets the option's name.</summary>
    public string Name => outer is null ? property.Name : $"{outer.Name}.{property.Name}";

    /// <summary>Lists the options that users of a record can set.</summary>
    public static IReadOnlyList<RecordOption> Of(Type record) =>
        [.. Settable(record).SelectMany(property => RecordProperties.IsRecord(property.PropertyType)
            ? Settable(property.PropertyType).Select(inner => new RecordOption(property, inner))
            : [new RecordOption(outer: null, property)])];

    /// <summary>Determines whether a name refers to this option.</summary>
    public bool IsCalled(string name) => OptionName.AreSame(name, Name) || OptionName.Means(name, property);

    /// <summary>Gets the value that a record has.</summary>
    public object? ValueOf(object record) => property.GetValue(outer is null ? record : outer.GetValue(record));

    /// <summary>Copies a record, with another value of this option.</summary>
    /// <exception cref="OptionException">The text is not a value of the option's type.</exception>
    public T With<T>(T record, string text)
        where T : class
    {
        var value = Parse(text);
        return outer is null
            ? RecordProperties.With(record, property, value)
            : RecordProperties.With(record, outer, RecordProperties.With(outer.GetValue(record)!, property, value));
    }

    private static IEnumerable<PropertyInfo> Settable(Type record) =>
        RecordProperties.Of(record).Where(candidate => candidate.GetMethod!.IsPublic && candidate.SetMethod!.IsPublic);

    // Null leaves the choice to the sampler.
    private object? Parse(string text)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType);
        return type is not null && OptionName.AreSame(text, Nothing) ? null : Parse(type ?? property.PropertyType, text);
    }

    private object Parse(Type type, string text)
    {
        if (type == typeof(bool))
            return bool.TryParse(text, out var flag) ? flag : throw Wrong(text, "it must be true or false");
        if (type == typeof(int))
            return Whole(text) ?? throw Wrong(text, "it must be a whole number");
        if (type == typeof(double))
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number : throw Wrong(text, "it must be a number, such as 0.5");
        }

        if (type.IsEnum)
            return RecordJson.ParseEnum(type, text) ?? throw Wrong(text, $"it must be one of {Enum.GetValues(type)}");
        var numbers = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Whole).ToArray();
        return numbers.All(number => number is not null)
            ? numbers.Select(number => number!.Value).ToArray() : throw Wrong(text, "it must be whole numbers, separated by commas");
    }

    private static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private OptionException Wrong(string text, Wording requirement) => Check.Refuse(Name, text, requirement);
}

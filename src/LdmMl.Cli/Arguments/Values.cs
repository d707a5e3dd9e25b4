using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LdmMl.Cli.Output;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Cli.Arguments;

/// <summary>Creates options that read a number or a choice: one rule for each kind of value, and an error message for invalid ones.</summary>
internal static class Values
{
    /// <summary>Creates an option for a number: digits, a decimal point, an exponent; no thousands separators.</summary>
    public static Option<double> Number(string name, string description, double usual) => new(name)
    {
        Description = description, CustomParser = result => ReadNumber(result) ?? 0, DefaultValueFactory = _ => usual,
    };

    /// <summary>Creates an option for a number that may be left out.</summary>
    public static Option<double?> OptionalNumber(string name, string description) =>
        new(name) { Description = description, CustomParser = ReadNumber };

    /// <summary>Creates an option for a whole number.</summary>
    public static Option<int> Whole(string name, string description, int usual, int least = 1, int most = int.MaxValue) => new(name)
    {
        Description = description, CustomParser = result => ReadWhole(result, least, most) ?? 0, DefaultValueFactory = _ => usual,
    };

    /// <summary>Creates an option for a whole number that may be left out.</summary>
    public static Option<int?> OptionalWhole(string name, string description, int least = 1, int most = int.MaxValue) =>
        new(name) { Description = description, CustomParser = result => ReadWhole(result, least, most) };

    /// <summary>Creates an option for several whole numbers, separated by spaces or commas.</summary>
    public static Option<int[]> Wholes(string name, string description) => new(name)
    {
        Description = description, AllowMultipleArgumentsPerToken = true, CustomParser = ReadWholes, HelpName = "N...",
    };

    /// <summary>Creates an option for a seed: any 64-bit integer.</summary>
    public static Option<long> Seed(string description, long usual) => new("--seed")
    {
        Description = description, CustomParser = ReadLong, DefaultValueFactory = _ => usual,
    };

    /// <summary>Creates an option for a choice among the values of an enum.</summary>
    /// <param name="name">The option.</param>
    /// <param name="description">What it decides.</param>
    /// <param name="usual">Its default.</param>
    public static Option<T> Choice<T>(string name, string description, T usual)
        where T : struct, Enum =>
        new(name) { Description = description, CustomParser = result => ReadChoice<T>(result) ?? usual, DefaultValueFactory = _ => usual };

    /// <summary>Creates an option for a choice that may be left out.</summary>
    public static Option<T?> OptionalChoice<T>(string name, string description)
        where T : struct, Enum =>
        new(name) { Description = description, CustomParser = ReadChoice<T> };

    /// <summary>Creates the option for the largest number of pixels of an image.</summary>
    public static Option<long> MaximumPixels() => new("--max-pixels")
    {
        Description = "The largest number of pixels of an image, width times height; larger images are refused before they are decoded.", HelpName = "N",
        CustomParser = result => ReadLong(result) is > 0 and var pixels ? pixels : Refuse<long>(result, "must be at least 1."),
        DefaultValueFactory = _ => ImageFile.DefaultMaximumPixels,
    };

    /// <summary>Creates an option for a number of bytes: a number, and a unit such as MB or GiB.</summary>
    public static Option<long> Bytes(string name, string description, long usual) => new(name)
    {
        Description = description, HelpName = "SIZE", CustomParser = ReadBytes, DefaultValueFactory = _ => usual,
    };

    /// <summary>Creates the option for a sampler, which may be left out.</summary>
    public static Option<ISampler?> Sampler(string description) => new("--sampler")
    {
        Description = $"{description} One of {string.Join(", ", Choices.Samplers)}.", HelpName = "NAME", CustomParser = ReadSampler,
    };

    /// <summary>Reads names of a list, in any case.</summary>
    /// <param name="result">What was given.</param>
    /// <param name="known">The names.</param>
    public static string[] Names(ArgumentResult result, IReadOnlyList<string> known)
    {
        foreach (var word in result.Tokens.Select(token => token.Value).Where(word => !known.Contains(word, StringComparer.OrdinalIgnoreCase)))
            Refuse<string>(result, $"is '{word}'; it must be one of {string.Join(", ", known)}.{Suggestion.For(word, known)}");
        return [.. result.Tokens.Select(token => token.Value.ToLowerInvariant())];
    }

    /// <summary>Creates the option for the device to compute on.</summary>
    public static Option<DeviceName> Device() => new("--device")
    {
        Description = "Where to compute: on the CPU, or on GPU N, counted from 0.", HelpName = "cpu|cuda[:N]",
        CustomParser = ReadDevice, DefaultValueFactory = _ => DeviceName.Cpu,
    };

    private static double? ReadNumber(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
            return value;
        var meant = text.Replace(',', '.');
        var isComma = text.Contains(',', StringComparison.Ordinal) && double.TryParse(meant, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return Refuse<double?>(result, isComma ? $"is '{text}', which is not a number; write {meant}." : $"is '{text}'; it must be a number.");
    }

    private static int? ReadWhole(ArgumentResult result, int least, int most)
    {
        var text = result.Tokens[0].Value;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            return Refuse<int?>(result, $"is '{text}'; it must be a whole number below 2147483648.");
        if (value < least)
            return Refuse<int?>(result, $"is {value}; it must be at least {least}.");
        return value <= most ? value : Refuse<int?>(result, $"is {value}; it must be at most {most}.");
    }

    private static int[] ReadWholes(ArgumentResult result)
    {
        var texts = result.Tokens.SelectMany(token => token.Value.Split(',')).ToArray();
        var values = new List<int>();
        foreach (var text in texts)
        {
            if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
                return Refuse<int[]>(result, $"is '{string.Join(' ', texts)}'; it must be a whole number below 2147483648, or several.")!;
            values.Add(value);
        }

        return [.. values];
    }

    private static long ReadLong(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value : Refuse<long>(result, $"is '{text}'; it must be a whole number from {long.MinValue} to {long.MaxValue}.");
    }

    private static long ReadBytes(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        return ByteSize.Read(text) ?? Refuse<long>(result, $"is '{text}'; it must be a number of bytes, such as 500MB or 4GiB.");
    }

    private static T? ReadChoice<T>(ArgumentResult result)
        where T : struct, Enum
    {
        var text = result.Tokens[0].Value;
        if (Choices.Find<T>(text) is { } value)
            return value;
        var names = Choices.NamesOf(typeof(T));
        return Refuse<T?>(result, $"is '{text}'; it must be one of {string.Join(", ", names)}.{Suggestion.For(text, names)}");
    }

    private static ISampler? ReadSampler(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        try
        {
            return SamplerRegistry.Create(text);
        }
        catch (OptionException)
        {
            var names = Choices.Samplers;
            return Refuse<ISampler>(result, $"is '{text}'; it must be one of {string.Join(", ", names)}.{Suggestion.For(text, names)}");
        }
    }

    private static DeviceName? ReadDevice(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        return DeviceName.Find(text) ?? Refuse<DeviceName>(result, $"is '{text}'; it must be cpu, cuda, or cuda: and the number of a GPU.");
    }

    private static T? Refuse<T>(ArgumentResult result, string predicate)
    {
        result.AddError($"{(result.Parent as OptionResult)?.Option.Name ?? result.Argument.Name} {predicate}");
        return default;
    }
}

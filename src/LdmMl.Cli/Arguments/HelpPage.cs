using System.CommandLine;
using System.Globalization;
using System.Text;

namespace LdmMl.Cli.Arguments;

/// <summary>The help of a command as text.</summary>
internal sealed class HelpPage
{
    private const int Indent = 2, MostForNames = 30;

    private readonly StringBuilder text = new();
    private readonly int width;

    private HelpPage(int width) => this.width = width;

    /// <summary>Writes the help of a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="width">How many letters a line may have.</param>
    public static string Of(Command command, int width)
    {
        var page = new HelpPage(width);
        page.Wrap(command.Description ?? "", 0);
        page.Section("Usage");
        page.Wrap($"{Usage(command)}", Indent);
        page.Table("Commands", command.Subcommands.Select(child => (child.Name, child.Description ?? "")));
        page.Table("Arguments", command.Arguments.Select(argument => (argument.Name, argument.Description ?? "")));
        foreach (var group in (command as ToolCommand)?.Groups ?? [])
            page.Table(group.Title, group.Options.Select(option => (NameOf(option), DescriptionOf(option))));
        var grouped = ((command as ToolCommand)?.Groups ?? []).SelectMany(group => group.Options).ToHashSet();
        var rest = command.Options.Concat(Ancestors(command).SelectMany(parent => parent.Options.Where(option => option.Recursive)));
        page.Table("Always", rest.Where(option => !grouped.Contains(option)).Distinct().Select(option => (NameOf(option), DescriptionOf(option))));
        page.Examples((command as ToolCommand)?.Examples ?? []);
        return page.text.ToString();
    }

    /// <summary>Gets the words that call a command.</summary>
    public static string PathOf(Command command) => string.Join(' ', Ancestors(command).Reverse().Append(command).Select(part => part.Name));

    private static Command? ParentOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault();

    private static IEnumerable<Command> Ancestors(Command command)
    {
        for (var parent = ParentOf(command); parent is not null; parent = ParentOf(parent))
            yield return parent;
    }

    private static string Usage(Command command)
    {
        if (command.Subcommands.Count > 0 && command.Action is null)
            return $"{PathOf(command)} COMMAND [options]";
        var arguments = command.Arguments.Select(argument => argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name}..." : argument.Name);
        return string.Join(' ', [PathOf(command), .. arguments, .. command.Options.Where(option => option.Required).Select(NameOf), "[options]"]);
    }

    private static string NameOf(Option option)
    {
        var value = option.HelpName ?? Placeholder(option.ValueType);
        var name = string.Join(", ", option.Aliases.Where(alias => alias.StartsWith('-')).OrderBy(alias => alias.Length).Append(option.Name));
        return value.Length == 0 ? name : $"{name} {value}";
    }

    private static string Placeholder(Type type)
    {
        var single = Nullable.GetUnderlyingType(type) ?? type;
        if (single == typeof(bool) || single == typeof(void))
            return "";
        if (single.IsEnum)
            return "NAME";
        if (single == typeof(int) || single == typeof(long))
            return "N";
        if (single == typeof(double))
            return "X";
        return single == typeof(DirectoryInfo) ? "DIR" : single == typeof(FileInfo) ? "FILE" : "TEXT";
    }

    private static string DescriptionOf(Option option)
    {
        var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        var names = type.IsEnum && option.HelpName is null ? $" One of {string.Join(", ", Choices.NamesOf(type))}." : "";
        var remark = option.Required ? " (required)" : Default(option) is { Length: > 0 } usual ? $" [default: {usual}]" : "";
        return $"{option.Description}{names}{remark}";
    }

    private static string Default(Option option) => !option.HasDefaultValue ? "" : option.GetDefaultValue() switch
    {
        null or bool or Array => "",
        Enum value => Choices.NameOf(value),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var value => $"{value}",
    };

    private void Section(string title) => text.AppendLine().Append(title).AppendLine(":");

    private void Table(string title, IEnumerable<(string Name, string Description)> entries)
    {
        var rows = entries.ToArray();
        if (rows.Length == 0)
            return;
        Section(title);
        var column = Indent + Math.Min(MostForNames, rows.Max(row => row.Name.Length)) + 2;
        foreach (var (name, description) in rows)
        {
            text.Append(' ', Indent).Append(name);
            if (name.Length + Indent + 2 > column)
                text.AppendLine().Append(' ', column);
            else
                text.Append(' ', column - Indent - name.Length);
            Wrap(description, column, isIndented: true);
        }
    }

    private void Examples(IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
            return;
        Section(lines.Count == 1 ? "Example" : "Examples");
        foreach (var line in lines)
            text.Append(' ', Indent).AppendLine(line);          // never folded: a line is there to be copied
    }

    private void Wrap(string paragraph, int indent, bool isIndented = false)
    {
        var length = 0;
        if (!isIndented)
            text.Append(' ', indent);
        foreach (var word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (length > 0 && indent + length + 1 + word.Length > width)
            {
                text.AppendLine().Append(' ', indent);
                length = 0;
            }

            text.Append(length > 0 ? " " : "").Append(word);
            length += (length > 0 ? 1 : 0) + word.Length;
        }

        text.AppendLine();
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an assembly and marks the listed internal types, and their internal members, as public. Only the compiler ever sees the copy.
/// Parses the tables of ECMA-335, part II.22 to II.24, itself: an inline task is compiled against netstandard 2.0, which has no metadata reader.
/// </summary>
public sealed class OpenInternals : Task
{
    private const int Module = 0, TypeReference = 1, TypeDefinition = 2, FieldPointer = 3, Field = 4, MethodPointer = 5, Method = 6, Parameter = 8;
    private const int ModuleReference = 26, TypeSpecification = 27, AssemblyReference = 35;

    private byte[] image;
    private int strings, stringIndex, guidIndex, blobIndex;
    private readonly int[] rowCounts = new int[64];

    [Required]
    public string Source { get; set; }

    [Required]
    public string Destination { get; set; }

    /// <summary>Full names; "/Name" means all nested types of that name, whatever they are nested in.</summary>
    [Required]
    public string[] Types { get; set; }

    public override bool Execute()
    {
        image = File.ReadAllBytes(Source);
        var missing = new HashSet<string>(Types);
        Open(FindTables(), missing);
        foreach (string type in missing)
            Log.LogError("{0} does not declare {1}.", Source, type);
        if (missing.Count == 0)
            WriteDestination();
        return !Log.HasLoggedErrors;
    }

    /// <summary>Two builds may write at the same time: the file appears complete or not at all.</summary>
    private void WriteDestination()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        string temporary = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(temporary, image);
        try
        {
            if (File.Exists(Destination))
                File.Replace(temporary, Destination, null);
            else
                File.Move(temporary, Destination);
        }
        catch (IOException) when (File.Exists(Destination))
        {
            File.Delete(temporary);
        }
    }

    private void Open(int tables, HashSet<string> missing)
    {
        int scope = CodedIndex(2, Module, ModuleReference, AssemblyReference, TypeReference);
        int parent = CodedIndex(2, TypeDefinition, TypeReference, TypeSpecification);
        int fieldIndex = Index(Field), methodIndex = Index(Method);
        int typeSize = 4 + 2 * stringIndex + parent + fieldIndex + methodIndex;
        int fieldSize = 2 + stringIndex + blobIndex;
        int methodSize = 8 + stringIndex + blobIndex + Index(Parameter);

        int types = tables + rowCounts[Module] * (2 + stringIndex + 3 * guidIndex) + rowCounts[TypeReference] * (scope + 2 * stringIndex);
        int fields = types + rowCounts[TypeDefinition] * typeSize;
        int methods = fields + rowCounts[Field] * fieldSize;

        for (int i = 0; i < rowCounts[TypeDefinition]; i++)
        {
            int row = types + i * typeSize, lists = row + typeSize - fieldIndex - methodIndex;
            bool nested = (image[row] & 7) > 1, last = i + 1 == rowCounts[TypeDefinition];
            string name = nested ? "/" + String(row + 4) : String(row + 4 + stringIndex) + "." + String(row + 4);
            if (!Types.Contains(name))
                continue;
            missing.Remove(name);
            image[row] = (byte)(image[row] & ~7 | (nested ? 2 : 1));
            int endField = last ? rowCounts[Field] + 1 : Read(lists + typeSize, fieldIndex);
            int endMethod = last ? rowCounts[Method] + 1 : Read(lists + fieldIndex + typeSize, methodIndex);
            for (int field = Read(lists, fieldIndex); field < endField; field++)
                OpenMember(fields + (field - 1) * fieldSize);
            for (int method = Read(lists + fieldIndex, methodIndex); method < endMethod; method++)
                OpenMember(methods + (method - 1) * methodSize + 6);
        }
    }

    /// <summary>Changes private protected and internal to public.</summary>
    private void OpenMember(int flags)
    {
        if ((image[flags] & 7) is 2 or 3)
            image[flags] = (byte)(image[flags] & ~7 | 6);
    }

    /// <summary>Finds the first metadata table, and reads row counts and index sizes on the way.</summary>
    private int FindTables()
    {
        int header = Read(0x3C, 4) + 4, optional = header + 20;
        int directories = optional + (Read(optional, 2) == 0x20B ? 112 : 96);
        int sections = optional + Read(header + 16, 2);
        int metadata = Offset(Read(Offset(Read(directories + 14 * 8, 4), sections) + 8, 4), sections);
        int stream = metadata + 16 + Read(metadata + 12, 4);
        int count = Read(stream + 2, 2), tables = 0;
        stream += 4;
        for (int i = 0; i < count; i++)
        {
            string name = Text(stream + 8);
            if (name == "#~") tables = metadata + Read(stream, 4);
            if (name == "#Strings") strings = metadata + Read(stream, 4);
            stream += 8 + (name.Length / 4 + 1) * 4;
        }
        return ReadHeader(tables);
    }

    private int ReadHeader(int tables)
    {
        int heaps = image[tables + 6];
        stringIndex = (heaps & 1) != 0 ? 4 : 2;
        guidIndex = (heaps & 2) != 0 ? 4 : 2;
        blobIndex = (heaps & 4) != 0 ? 4 : 2;
        int at = tables + 24;
        for (int table = 0; table < 64; table++)
        {
            if ((image[tables + 8 + table / 8] >> (table % 8) & 1) == 0)
                continue;
            rowCounts[table] = Read(at, 4);
            at += 4;
        }
        if (rowCounts[FieldPointer] + rowCounts[MethodPointer] > 0)
            throw new NotSupportedException(Source + " has indirect member lists.");
        return at;
    }

    /// <summary>Converts an address of the loaded image to a position in the file.</summary>
    private int Offset(int address, int sections)
    {
        for (int section = sections; ; section += 40)
        {
            int start = Read(section + 12, 4), size = Read(section + 16, 4);
            if (address >= start && address < start + size)
                return address - start + Read(section + 20, 4);
        }
    }

    private int Read(int at, int size) => size == 2 ? BitConverter.ToUInt16(image, at) : BitConverter.ToInt32(image, at);

    private int Index(int table) => rowCounts[table] < 1 << 16 ? 2 : 4;

    private int CodedIndex(int bits, params int[] tables) => tables.Max(table => rowCounts[table]) < 1 << (16 - bits) ? 2 : 4;

    private string String(int at) => Text(strings + Read(at, stringIndex));

    private string Text(int at) => Encoding.UTF8.GetString(image, at, Array.IndexOf(image, (byte)0, at) - at);
}

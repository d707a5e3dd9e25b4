using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Rows;

/// <summary>Rows with passed-through columns of every kind.</summary>
internal static class BatchRows
{
    public const int Count = 37;

    public static IDataView Load(MLContext context, int count = Count) => context.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(Row.Of).ToArray());

    /// <summary>A source that counts how far it was read.</summary>
    public static IDataView LoadLazily(MLContext context, Action<int> onRow, int count = Count) =>
        context.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i =>
        {
            onRow(i);
            return Row.Of(i);
        }));

    internal class Row
    {
        public int Number { get; set; }

        public string Name { get; set; } = "";

        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public string[] Words { get; set; } = [];

        public bool IsOdd { get; set; }

        public DateTime Day { get; set; }

        public static Row Of(int i) => new()
        {
            Number = i, Name = $"row {i}", Features = [i, 0.5f], Words = [$"a{i}", "b"], IsOdd = i % 2 == 1, Day = new DateTime(2026, 1, 1).AddDays(i),
        };
    }

    /// <summary>A row with the column that <see cref="SumTransformer"/> adds.</summary>
    internal sealed class SummedRow : Row
    {
        public float Sum { get; set; }

        public bool IsRow(int i)
        {
            var row = Of(i);
            return Number == i && Name == row.Name && Features.SequenceEqual(row.Features) && Words.SequenceEqual(row.Words)
                && IsOdd == row.IsOdd && Day == row.Day && Sum == i + 0.5f;
        }
    }
}

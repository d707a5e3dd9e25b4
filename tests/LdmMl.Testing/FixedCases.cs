using CsCheck;

namespace LdmMl;

/// <summary>
/// CsCheck's <c>Sample</c> with the same cases in every run, so that a test that passed once always passes. In this namespace it takes
/// precedence over CsCheck's own.
/// </summary>
internal static class FixedCases
{
    /// <summary>Tries an assertion with cases that depend only on their numbers.</summary>
    public static void Sample<T>(this Gen<T> gen, Action<T> assert, int iter = 100)
    {
        for (var number = 1; number <= iter; number++)
            Check.Sample(gen, assert, seed: new PCG((uint)number, (ulong)number).ToString(), iter: 1, threads: 1);
    }

    /// <summary>Tries a predicate.</summary>
    public static void Sample<T>(this Gen<T> gen, Func<T, bool> predicate, int iter = 100) =>
        gen.Sample(value => Assert.True(predicate(value)), iter);

    /// <summary>Tries an assertion of two values.</summary>
    public static void Sample<T1, T2>(this Gen<(T1, T2)> gen, Action<T1, T2> assert, int iter = 100) =>
        gen.Sample(values => assert(values.Item1, values.Item2), iter);

    /// <summary>Tries a predicate of two values.</summary>
    public static void Sample<T1, T2>(this Gen<(T1, T2)> gen, Func<T1, T2, bool> predicate, int iter = 100) =>
        gen.Sample(values => Assert.True(predicate(values.Item1, values.Item2)), iter);

    /// <summary>Tries an assertion of three values.</summary>
    public static void Sample<T1, T2, T3>(this Gen<(T1, T2, T3)> gen, Action<T1, T2, T3> assert, int iter = 100) =>
        gen.Sample(values => assert(values.Item1, values.Item2, values.Item3), iter);

    /// <summary>Tries a predicate of three values.</summary>
    public static void Sample<T1, T2, T3>(this Gen<(T1, T2, T3)> gen, Func<T1, T2, T3, bool> predicate, int iter = 100) =>
        gen.Sample(values => Assert.True(predicate(values.Item1, values.Item2, values.Item3)), iter);
}

namespace Turnstone.Storage;

/// <summary>
/// How many sessions there are. A holder may have millions, so counting stops at <see cref="Most"/>: ending them all
/// costs what ending one costs.
/// </summary>
/// <param name="Number">How many were counted.</param>
/// <param name="OrMore">Whether counting stopped there.</param>
public readonly record struct SessionCount(int Number, bool OrMore = false)
{
    public const int Most = 100;

    public static SessionCount operator +(SessionCount one, SessionCount other) => one.Add(other);

    public SessionCount Add(SessionCount other) => new(Number + other.Number, OrMore || other.OrMore);
}

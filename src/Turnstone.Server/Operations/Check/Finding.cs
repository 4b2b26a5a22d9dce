namespace Turnstone.Server.Operations.Check;

public enum FindingState
{
    Ok,
    Warning,
    Failed,
}

/// <summary>One thing that <c>check</c> has looked at.</summary>
/// <param name="Area">What it belongs to: settings, key, database, …</param>
/// <param name="State">How it is.</param>
/// <param name="Sentence">What was found. Never a secret.</param>
/// <param name="Todo">What the operator does about it; null where nothing is to be done.</param>
public sealed record Finding(string Area, FindingState State, string Sentence, string? Todo = null);

/// <summary>Looks at one area and changes nothing.</summary>
internal abstract class Inspection(string area)
{
    public string Area => area;

    public abstract Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken);

    protected Finding Ok(string sentence) => new(area, FindingState.Ok, sentence);

    protected Finding Warning(string sentence, string todo) => new(area, FindingState.Warning, sentence, todo);

    protected Finding Failed(string sentence, string todo) => new(area, FindingState.Failed, sentence, todo);
}

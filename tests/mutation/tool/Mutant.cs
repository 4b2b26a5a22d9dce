namespace Turnstone.Mutation;

/// <summary>One change of one place in a source.</summary>
/// <param name="Id">By which the compiled program is told to make it.</param>
/// <param name="File">The source, from the repository's root.</param>
/// <param name="Line">Where in it, from 1.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Text">The place as it was.</param>
internal sealed record Mutant(int Id, string File, int Line, string Kind, string Text);

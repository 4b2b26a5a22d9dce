using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Turnstone.Mutation;

/// <summary>
/// Writes every mutant of a source into it, each behind a switch that is off: so all of them are compiled at once, and
/// a mutant costs a run of its tests and no build.
/// </summary>
/// <param name="file">The source's path.</param>
/// <param name="first">The id of its first mutant.</param>
/// <param name="excluded">Those that do not compile: their places stay as they were. The ids of others do not
/// move.</param>
internal sealed class Mutator(string file, int first, IReadOnlySet<int> excluded) : CSharpSyntaxRewriter
{
    public const string Switch = "global::Mutation.Switch.Is";

    /// <summary>Calls that only guard against misuse, or whose effect nobody can observe.</summary>
    private static readonly string[] Unobservable =
    [
        "ThrowIf",
        "ZeroMemory",
        "SuppressFinalize",
        ".Return(",
        ".Dispose()",
        ".DisposeAsync()",
    ];

    private readonly List<Mutant> mutants = [];

    public IReadOnlyList<Mutant> Mutants => mutants;

    // What has to be known at compile time takes no switch.
    public override SyntaxNode? Visit(SyntaxNode? node) => node is PatternSyntax ? node : base.Visit(node);

    public override SyntaxNode? VisitAttributeList(AttributeListSyntax node) => node;

    public override SyntaxNode? VisitParameter(ParameterSyntax node) => node;

    public override SyntaxNode? VisitEnumDeclaration(EnumDeclarationSyntax node) => node;

    public override SyntaxNode? VisitCaseSwitchLabel(CaseSwitchLabelSyntax node) => node;

    public override SyntaxNode? VisitFieldDeclaration(FieldDeclarationSyntax node) =>
        node.Modifiers.Any(SyntaxKind.ConstKeyword) ? node : base.VisitFieldDeclaration(node);

    public override SyntaxNode? VisitLocalDeclarationStatement(LocalDeclarationStatementSyntax node) =>
        node.IsConst ? node : base.VisitLocalDeclarationStatement(node);

    public override SyntaxNode? VisitIfStatement(IfStatementSyntax node) =>
        node.WithCondition(Condition(node.Condition))
            .WithStatement((StatementSyntax)Visit(node.Statement)!)
            .WithElse((ElseClauseSyntax?)Visit(node.Else));

    public override SyntaxNode? VisitConditionalExpression(ConditionalExpressionSyntax node) =>
        node.WithCondition(Condition(node.Condition))
            .WithWhenTrue((ExpressionSyntax)Visit(node.WhenTrue)!)
            .WithWhenFalse((ExpressionSyntax)Visit(node.WhenFalse)!);

    // Forced to true it would not end, so a loop's condition is only forced to false.
    public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node) =>
        node.WithCondition(Forced(node.Condition, toTrue: false))
            .WithStatement((StatementSyntax)Visit(node.Statement)!);

    public override SyntaxNode? VisitWhenClause(WhenClauseSyntax node) => node.WithCondition(Condition(node.Condition));

    public override SyntaxNode? VisitBinaryExpression(BinaryExpressionSyntax node) =>
        node.Kind() switch
        {
            _ when IsLogical(node) => Condition(node),
            SyntaxKind.LessThanExpression => Instead(node, SyntaxKind.LessThanEqualsToken, "<="),
            SyntaxKind.LessThanOrEqualExpression => Instead(node, SyntaxKind.LessThanToken, "<"),
            SyntaxKind.GreaterThanExpression => Instead(node, SyntaxKind.GreaterThanEqualsToken, ">="),
            SyntaxKind.GreaterThanOrEqualExpression => Instead(node, SyntaxKind.GreaterThanToken, ">"),
            SyntaxKind.EqualsExpression => Instead(node, SyntaxKind.ExclamationEqualsToken, "!="),
            SyntaxKind.NotEqualsExpression => Instead(node, SyntaxKind.EqualsEqualsToken, "=="),
            SyntaxKind.AddExpression => Instead(node, SyntaxKind.MinusToken, "-"),
            SyntaxKind.SubtractExpression => Instead(node, SyntaxKind.PlusToken, "+"),
            SyntaxKind.CoalesceExpression when node.Right is not ThrowExpressionSyntax => Fallback(node),
            _ => base.VisitBinaryExpression(node),
        };

    public override SyntaxNode? VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        var text = node.ToString();
        var declares = node.DescendantNodes().OfType<DeclarationExpressionSyntax>().Any();
        return declares || Unobservable.Any(call => text.Contains(call, StringComparison.Ordinal))
            ? base.VisitExpressionStatement(node)
            : Removed(node, (StatementSyntax)base.VisitExpressionStatement(node)!);
    }

    public override SyntaxNode? VisitThrowStatement(ThrowStatementSyntax node) =>
        Removed(node, (StatementSyntax)base.VisitThrowStatement(node)!);

    public override SyntaxNode? VisitReturnStatement(ReturnStatementSyntax node)
    {
        var visited = (ReturnStatementSyntax)base.VisitReturnStatement(node)!;
        return
            node.Expression is null or LiteralExpressionSyntax or RefExpressionSyntax
            || Take(node.Expression, "returns default") is not { } id
            ? visited
            : visited.WithExpression(Parse($" {Switch}({id}) ? default! : ({visited.Expression})", node.Expression));
    }

    /// <summary>A condition, each of its parts forced to true and to false.</summary>
    private ExpressionSyntax Condition(ExpressionSyntax condition) =>
        condition switch
        {
            BinaryExpressionSyntax both when IsLogical(both) => both.WithLeft(Condition(both.Left))
                .WithRight(Condition(both.Right)),
            ParenthesizedExpressionSyntax inner => inner.WithExpression(Condition(inner.Expression)),
            LiteralExpressionSyntax => condition,
            _ => Forced(Forced(condition, toTrue: true), toTrue: false, condition),
        };

    private ExpressionSyntax Forced(ExpressionSyntax condition, bool toTrue, ExpressionSyntax? original = null)
    {
        var visited = original is null ? (ExpressionSyntax)Visit(condition)! : condition;
        original ??= condition;
        return Take(original, toTrue ? "is taken as true" : "is taken as false") is not { } id ? visited
            : toTrue ? Parse($"({visited} || {Switch}({id}))", original)
            : Parse($"({visited} && !{Switch}({id}))", original);
    }

    private ExpressionSyntax Instead(BinaryExpressionSyntax node, SyntaxKind token, string sign)
    {
        var visited = (BinaryExpressionSyntax)base.VisitBinaryExpression(node)!;
        return IsText(node.Left) || IsText(node.Right) || Take(node, $"has {sign} instead") is not { } id
            ? visited
            : Parse($"({Switch}({id}) ? {node.WithOperatorToken(SyntaxFactory.Token(token))} : ({visited}))", node);
    }

    private ExpressionSyntax Fallback(BinaryExpressionSyntax node)
    {
        var visited = (BinaryExpressionSyntax)base.VisitBinaryExpression(node)!;
        return Take(node, "is its right side alone") is not { } id
            ? visited
            : Parse($"({Switch}({id}) ? {node.Right} : ({visited}))", node);
    }

    private StatementSyntax Removed(StatementSyntax node, StatementSyntax visited) =>
        Take(node, "is removed") is not { } id
            ? visited
            : SyntaxFactory.ParseStatement($"if (!{Switch}({id})) {{ {visited.ToString()} }}").WithTriviaFrom(node);

    private int? Take(SyntaxNode node, string kind)
    {
        var id = first + mutants.Count;
        var line = node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
        var words = node.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        mutants.Add(new Mutant(id, file, line, kind, string.Join(' ', words)));
        return excluded.Contains(id) ? null : id;
    }

    private static bool IsLogical(BinaryExpressionSyntax node) =>
        node.Kind() is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression;

    private static bool IsText(ExpressionSyntax expression) =>
        expression.IsKind(SyntaxKind.StringLiteralExpression) || expression is InterpolatedStringExpressionSyntax;

    private static ExpressionSyntax Parse(string text, ExpressionSyntax place) =>
        SyntaxFactory.ParseExpression(text).WithTriviaFrom(place);
}

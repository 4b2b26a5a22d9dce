using System.Text;
using Turnstone.Bench.Load;

namespace Turnstone.Bench.Work;

/// <summary>A chain of refreshes: each sends the refresh token that the one before was given.</summary>
internal sealed class RefreshChain(
    Request request,
    string token,
    int status,
    string access,
    string next,
    Supply? proofs = null
) : ICaller
{
    private readonly Request own = request.Copy();
    private readonly byte[] access = Encoding.ASCII.GetBytes(access);
    private readonly byte[] next = Encoding.ASCII.GetBytes(next);
    private byte[] token = Encoding.ASCII.GetBytes(token);

    public ReadOnlyMemory<byte> Next() => proofs is null ? own.With(token) : own.With(token, proofs.Take());

    public string? Check(in Answer answer)
    {
        if (answer.Status != status)
        {
            return $"{answer.Status}: {Words(answer.Body.Span)}";
        }

        var given = Member.Of(answer.Body.Span, next);
        if (given.IsEmpty || Member.Of(answer.Body.Span, access).IsEmpty)
        {
            return "no token pair in the answer";
        }

        if (given.Length != token.Length)
        {
            token = given.ToArray();
        }
        else
        {
            given.CopyTo(token);
        }

        return null;
    }

    private static string Words(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body[..Math.Min(80, body.Length)]);
}

/// <summary>The same request again and again, each with the next text of a list in its place.</summary>
internal sealed class Repeating(Request request, IReadOnlyList<byte[]> texts, int first, int status, string marker)
    : ICaller
{
    private readonly Request own = request.Copy();
    private readonly byte[] marker = Encoding.ASCII.GetBytes(marker);
    private int number = first;

    public ReadOnlyMemory<byte> Next() => own.With(texts[number++ % texts.Count]);

    public string? Check(in Answer answer) =>
        answer.Status == status && answer.Body.Span.IndexOf(marker) >= 0
            ? null
            : $"{answer.Status}: {Encoding.UTF8.GetString(answer.Body.Span[..Math.Min(80, answer.Body.Length)])}";
}

/// <summary>The same request with something new each time.</summary>
internal sealed class Supplied(Request request, Supply texts, int status, string marker) : ICaller
{
    private readonly Request own = request.Copy();
    private readonly byte[] marker = Encoding.ASCII.GetBytes(marker);

    public ReadOnlyMemory<byte> Next() => own.With(texts.Take());

    public string? Check(in Answer answer) =>
        answer.Status == status && answer.Body.Span.IndexOf(marker) >= 0
            ? null
            : $"{answer.Status}: {Encoding.UTF8.GetString(answer.Body.Span[..Math.Min(80, answer.Body.Length)])}";
}

/// <summary>Finds a text member in JSON by the bytes that lead to it: the generator has no time to parse.</summary>
internal static class Member
{
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> json, ReadOnlySpan<byte> lead)
    {
        var at = json.IndexOf(lead);
        if (at < 0)
        {
            return [];
        }

        var text = json[(at + lead.Length)..];
        return text[..Math.Max(0, text.IndexOf((byte)'"'))];
    }
}

namespace Turnstone.Chaos.Faults;

/// <summary>What is done to one request and its answer.</summary>
internal enum FaultKind
{
    None,

    /// <summary>The connection is reset before the server sees the request.</summary>
    DropRequest,

    /// <summary>The server answers and the client never hears it.</summary>
    DropAnswer,

    /// <summary>The server gets the first part of the request.</summary>
    TruncateRequest,

    /// <summary>The client gets the first part of the answer.</summary>
    TruncateAnswer,

    DelayRequest,
    DelayAnswer,

    /// <summary>The server gets the request twice at the same time.</summary>
    DuplicateRequest,

    /// <summary>The server gets the request again after it has answered it, while the client still waits.</summary>
    RepeatRequest,

    /// <summary>The client gets the answer twice.</summary>
    DuplicateAnswer,

    /// <summary>The request waits until a later one has passed.</summary>
    ReorderRequest,

    /// <summary>The answer waits until the answer to a later request has passed.</summary>
    ReorderAnswer,

    /// <summary>The answer waits until it is released.</summary>
    HoldAnswer,

    /// <summary>503 with Retry-After, without asking the server.</summary>
    Unavailable,

    /// <summary>429 with Retry-After, without asking the server.</summary>
    TooMany,

    /// <summary>A page in HTML with the status 500, as something on the way gives it.</summary>
    BrokenGateway,

    /// <summary>401 for an access token, without asking the API.</summary>
    Unauthorized,

    /// <summary>401 of an API that wants a stronger sign-in (RFC 9470).</summary>
    StepUp,
}

/// <param name="Kind">What is done.</param>
/// <param name="Amount">Milliseconds of a delay, seconds of a Retry-After.</param>
/// <param name="Share">How much of a message that is cut arrives, in parts of 65,536.</param>
internal readonly record struct Fault(FaultKind Kind, int Amount = 0, ushort Share = 32_768)
{
    public static readonly Fault None = new(FaultKind.None);

    /// <summary>What arrives of a message that is cut: anything from nothing to all but its last byte.</summary>
    public ReadOnlyMemory<byte> FirstPart(ReadOnlyMemory<byte> message) =>
        message[..(int)((long)message.Length * Share / 65_536)];

    /// <summary>As the table of behaviours writes it: <c>drop-answer</c>, <c>unavailable:1</c>.</summary>
    public static Fault Parse(string text)
    {
        var words = text.Split(':');
        var name = words[0].Replace("-", "", StringComparison.Ordinal);
        return new(
            Enum.Parse<FaultKind>(name, ignoreCase: true),
            words.Length > 1 ? int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture) : 0
        );
    }
}

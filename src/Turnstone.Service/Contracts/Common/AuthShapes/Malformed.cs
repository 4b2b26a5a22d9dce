namespace Turnstone.Server.Contracts.Common.AuthShapes;

/// <summary>One thing that is wrong with what came in.</summary>
/// <param name="Place">Where: <c>body</c>, <c>query</c> or <c>header</c>.</param>
/// <param name="Name">The member, parameter or header; null for the body as a whole.</param>
/// <param name="Message">What to send instead; never what was sent.</param>
/// <param name="Type">The stable code.</param>
internal sealed record InputFault(string Place, string? Name, string Message, string Type);

/// <summary>
/// The 422: everything that is wrong with the input at once, each with its place and a stable type. Nothing was
/// consumed.
/// </summary>
internal static class Malformed
{
    public static JsonAnswer Answer(params IReadOnlyList<InputFault> faults) =>
        new(
            StatusCodes.Status422UnprocessableEntity,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("detail");
                foreach (var fault in faults)
                {
                    json.WriteStartObject();
                    json.WriteStartArray("loc");
                    json.WriteStringValue(fault.Place);
                    if (fault.Name is not null)
                    {
                        json.WriteStringValue(fault.Name);
                    }

                    json.WriteEndArray();
                    json.WriteString("msg", fault.Message);
                    json.WriteString("type", fault.Type);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }
        )
        {
            ErrorCode = "malformed_request",
        };

    public static JsonAnswer Answer(BodyFault fault) =>
        Answer(
            fault switch
            {
                BodyFault.UnsupportedMediaType => new InputFault(
                    "header",
                    "content-type",
                    "Send the body as application/json in UTF-8.",
                    "value_error.content_type"
                ),
                BodyFault.TooLarge => new InputFault("body", null, "Send at most 16 KiB.", "value_error.too_large"),
                BodyFault.NotAnObject => new InputFault("body", null, "Send a JSON object.", "type_error.dict"),
                _ => new InputFault(
                    "body",
                    null,
                    "Send well-formed JSON in UTF-8, each member once.",
                    "value_error.jsondecode"
                ),
            }
        );

    /// <summary>The members of a body that have a fault.</summary>
    public static JsonAnswer Answer(params ReadOnlySpan<(string Name, MemberFault? Fault)> members)
    {
        var faults = new List<InputFault>(members.Length);
        foreach (var (name, fault) in members)
        {
            if (fault is { } found)
            {
                faults.Add(Of(name, found));
            }
        }

        return Answer(faults);
    }

    private static InputFault Of(string name, MemberFault fault) =>
        fault switch
        {
            MemberFault.Missing => new InputFault(
                "body",
                name,
                "This member is required: send it as text.",
                "value_error.missing"
            ),
            MemberFault.WrongType => new InputFault("body", name, "Send this member as text.", "type_error.str"),
            _ => new InputFault(
                "body",
                name,
                "This is longer than it can be: send it as it was given to you.",
                "value_error.any_str.max_length"
            ),
        };
}

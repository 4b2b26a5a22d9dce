using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Requests that are refused whoever sends them. They cost nothing but a rate of their own, which is asked only when
/// one is about to be refused.
/// </summary>
internal static class InvalidRequests
{
    /// <summary>Whether a status says that, where no contract answers.</summary>
    public static bool Is(int status) =>
        status
            is StatusCodes.Status400BadRequest
                or StatusCodes.Status404NotFound
                or StatusCodes.Status405MethodNotAllowed
                or StatusCodes.Status413PayloadTooLarge
                or StatusCodes.Status415UnsupportedMediaType;

    /// <summary>Counts one; what to answer instead if its network has sent too many.</summary>
    public static Refusal? TakeInvalid(this RequestLimits limits, HttpContext context) =>
        limits.TakeInvalid(
            context.Connection.RemoteIpAddress is { } address ? NetworkPrefix.Of(address) : NetworkPrefix.Of("")
        );
}

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// How many requests of one path are in work at once. What comes beyond is refused before anything is done for it:
/// under more load than the machine bears, those that were let in are still answered in time, and the others know at
/// once that they have to come again. Each path has its own, so that a storm of logins does not close the way of a
/// refresh.
/// </summary>
internal sealed class WorkBound(int most)
{
    private int inWork;

    /// <summary>The same call, for as many as there is room for.</summary>
    /// <param name="call">The call.</param>
    /// <param name="full">What the others are answered.</param>
    public Call Before(Call call, Func<HttpContext, IResult> full) =>
        async context =>
        {
            await ArrivedAsync(context.Request, context.RequestAborted);
            try
            {
                return Interlocked.Increment(ref inWork) <= most ? await call(context) : full(context);
            }
            finally
            {
                Interlocked.Decrement(ref inWork);
            }
        };

    // A place is not given to a body that is still on its way: a few clients that send a byte a second would hold them
    // all.
    private static async ValueTask ArrivedAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is 0 or > JsonBody.Largest)
        {
            return;
        }

        var reader = request.BodyReader;
        try
        {
            while (await reader.ReadAsync(cancellationToken) is { IsCompleted: var whole, Buffer: var buffer })
            {
                var tooLarge = buffer.Length > JsonBody.Largest;

                // What was examined is not given again before more has come: the call that finds the body too large
                // must not have to wait for more of it.
                reader.AdvanceTo(buffer.Start, tooLarge ? buffer.GetPosition(JsonBody.Largest) : buffer.End);
                if (whole || tooLarge)
                {
                    return;
                }
            }
        }
        catch (BadHttpRequestException)
        {
            // The call reads it again and says in its contract's words what is wrong.
        }
    }
}

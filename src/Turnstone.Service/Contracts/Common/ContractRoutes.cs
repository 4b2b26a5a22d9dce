using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Contracts.Common;

/// <summary>A call of a contract: a request in, its answer out.</summary>
public delegate ValueTask<IResult> Call(HttpContext context);

/// <summary>
/// The routes of one contract, and what holds for all of them: nothing is cached, an unavailable store is a 503 in the
/// contract's own shape, and so are a wrong method, an unknown path and more requests than are worked on at once. They
/// end at the routing: a contract's call has no cookie, no form and no page, and passes none of the rooms that look for
/// one.
/// </summary>
public sealed class ContractRoutes
{
    private static readonly TimeSpan UntilThereIsRoom = TimeSpan.FromSeconds(1);

    private readonly IServiceProvider services;
    private readonly RouteGroupBuilder group;
    private readonly Func<Refusal, IResult> refuse;
    private readonly Func<int, string, IResult> misdirected;
    private readonly Func<Call, Call> guard;
    private readonly IResult full;
    private readonly RetryAfterEnforcement retryAfter;
    private readonly UnavailableLog log;
    private readonly RequestLimits limits;

    /// <param name="endpoints">Where the contract is mounted.</param>
    /// <param name="prefix">The URL prefix that the contract owns.</param>
    /// <param name="refuse">Renders a refusal in the contract's shape.</param>
    /// <param name="misdirected">Renders a 404 or 405, with a sentence, in the contract's shape.</param>
    /// <param name="guard">What the contract puts in front of every call, a misdirected one too; null for
    /// nothing.</param>
    public ContractRoutes(
        IEndpointRouteBuilder endpoints,
        string prefix,
        Func<Refusal, IResult> refuse,
        Func<int, string, IResult> misdirected,
        Func<Call, Call>? guard = null
    )
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        (services, this.refuse, this.misdirected, this.guard) = (
            endpoints.ServiceProvider,
            refuse,
            misdirected,
            guard ?? (call => call)
        );
        full = refuse(Refusals.Unavailable(UntilThereIsRoom));
        log = services.GetRequiredService<UnavailableLog>();
        limits = services.GetRequiredService<RequestLimits>();
        retryAfter = Make<RetryAfterEnforcement>();
        group = endpoints.MapGroup(prefix);
        group.ShortCircuit();
        group
            .Map(
                "{**rest}",
                Answering(_ =>
                    new(misdirected(StatusCodes.Status404NotFound, "There is no such path in this contract."))
                )
            )
            .ExcludeFromDescription()
            .WithOrder(int.MaxValue);
    }

    /// <summary>What answers a call, made once with what the services hold and what is the contract's own.</summary>
    public T Make<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        params object[] own
    ) => ActivatorUtilities.CreateInstance<T>(services, own);

    /// <summary>Maps a call, and every other method of its path to a 405 that names the right one.</summary>
    public IEndpointConventionBuilder Map(string method, string path, Call call) =>
        Map([method], path, call, Limited(call));

    /// <summary>Maps a call that several methods make.</summary>
    public IEndpointConventionBuilder Map(IReadOnlyList<string> methods, string path, Call call) =>
        Map(methods, path, call, Limited(call));

    /// <summary>Maps a call that is answered from memory: it waits for nothing, so it is never one too many.</summary>
    public IEndpointConventionBuilder Map(string method, string path, Func<HttpContext, IResult> call)
    {
        Call answered = context => new(call(context));
        return Map([method], path, answered, answered);
    }

    /// <summary>Maps a document: whoever may GET it may ask for its head alone (RFC 9110 §9.1).</summary>
    public IEndpointConventionBuilder MapDocument(Func<HttpContext, IResult> call, string path = "") =>
        MapDocument(context => new(call(context)), path);

    /// <summary>A document that may have to be read from the store first.</summary>
    public IEndpointConventionBuilder MapDocument(Call answered, string path = "")
    {
        group.MapMethods(path, [HttpMethods.Head], Answering(answered)).ExcludeFromDescription();
        return Map([HttpMethods.Get], path, answered, answered, alsoTaken: HttpMethods.Head);
    }

    private IEndpointConventionBuilder Map(
        IReadOnlyList<string> methods,
        string path,
        Call call,
        Call bounded,
        params string[] alsoTaken
    )
    {
        var allowed = string.Join(", ", methods.Concat(alsoTaken));
        group
            .Map(
                path,
                Answering(context =>
                {
                    context.Response.Headers.Allow = allowed;
                    return new(misdirected(StatusCodes.Status405MethodNotAllowed, $"This path takes {allowed}."));
                })
            )
            .ExcludeFromDescription()
            .WithOrder(int.MaxValue - 1);

        // The OpenAPI documents list only what has a method of its own among its metadata.
        return group.MapMethods(path, methods, Answering(bounded)).WithMetadata(call.GetMethodInfo());
    }

    // Each path has its own limit, so that many logins leave room for a refresh. Nobody waits: under too much load the
    // admitted requests are answered in time, and the others know at once that they have to come again.
    private Call Limited(Call call)
    {
        var limiter = ConcurrencyLimit.Of(services.GetRequiredService<TurnstoneSettings>().Limits.RequestsInWork);
        return async context =>
        {
            await BodyArrival.WaitAsync(context.Request, context.RequestAborted);
            using var lease = limiter.AttemptAcquire();
            return lease.IsAcquired ? await call(context) : Full(context);
        };
    }

    private IResult Full(HttpContext context)
    {
        log.RequestsFull(context);
        return full;
    }

    private RequestDelegate Answering(Call call)
    {
        var guarded = guard(call);
        return async context =>
        {
            var headers = context.Response.Headers;
            headers.CacheControl = "no-store";
            headers.Pragma = "no-cache";
            IResult answer;
            try
            {
                answer = await guarded(context);
            }
            catch (OperationCanceledException problem) when (ClientGone.Is(problem, context))
            {
                ClientGone.Dismiss(context);
                return;
            }
            catch (StoreUnavailableException unavailable)
            {
                log.Refused(unavailable, context);
                answer = refuse(unavailable.Refusal);
            }

            if (answer is ICountedAnswer { Invalid: true } && limits.TakeInvalid(context) is { } tooMany)
            {
                answer = refuse(tooMany);
            }

            await answer.ExecuteAsync(context);
            if (context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
            {
                retryAfter.Refused(context);
            }
        };
    }
}

using Turnstone.Server.Contracts.AuthV1;
using Turnstone.Server.Contracts.AuthV2;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.OAuth2;
using Turnstone.Server.Contracts.OAuthV1;
using Turnstone.Server.Contracts.SessionV3;

namespace Turnstone.Server.Contracts;

/// <summary>The contracts of this server: a folder and a line each.</summary>
public static class AllContracts
{
    public static ContractList List { get; } =
        new(
            AuthV1Contract.Descriptor,
            AuthV2Contract.Descriptor,
            OAuthV1Contract.Descriptor,
            SessionV3Contract.Descriptor,
            OAuth2Contract.Descriptor
        );
}

namespace Turnstone.Storage.Engines;

/// <summary>What one node does for all; each has a lead of its own, because sealing goes on nearly always.</summary>
internal enum LeadIn
{
    Upkeep,
    Sealing,
}

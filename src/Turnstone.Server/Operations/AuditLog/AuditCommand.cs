namespace Turnstone.Server.Operations.AuditLog;

/// <summary>The audit log; without another word it is searched.</summary>
internal sealed class AuditCommand : AuditSearchCommand
{
    public AuditCommand(CommandHost context)
        : base(
            "audit",
            "Searches the audit log (the newest entries first), verifies it, accepts it, follows it.",
            context
        )
    {
        Add(new AuditSearchCommand("search", "Searches the audit log; the newest entries first.", context));
        Add(new AuditVerifyCommand(context));
        Add(new AuditAcceptCommand(context));
        Add(new AuditTailCommand(context));
    }
}

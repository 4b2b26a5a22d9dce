namespace Turnstone.Storage;

/// <summary>The notices of ended sessions that wait to be told to clients: as letters wait.</summary>
public interface ILogoutNoticeStore : ILetterStore;

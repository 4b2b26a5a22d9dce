namespace Turnstone.Server.Portal.Letters;

public sealed class LetterWords;

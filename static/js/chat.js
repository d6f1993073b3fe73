// The page inside the chat widget's frame.
import "./chat/chat-room.js";

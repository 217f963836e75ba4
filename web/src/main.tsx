import { render } from 'preact';
import { QueryClientProvider } from '@tanstack/preact-query';
import { queryClient } from './api/queries.js';
import { App } from './app.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/controls.css';
import './styles/blocks.css';
import './styles/table.css';
import './styles/live.css';
import './styles/editor.css';

render(
  <QueryClientProvider client={queryClient}>
    <App />
  </QueryClientProvider>,
  document.getElementById('app') as HTMLElement
);
